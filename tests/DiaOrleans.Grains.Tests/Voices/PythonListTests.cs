using DiaOrleans.Grains.Voices;

namespace DiaOrleans.Grains.Tests.Voices;

public sealed class PythonListTests
{
    [Theory]
    [InlineData(0, "[]")]
    [InlineData(2, "['v0', 'v1']")]
    public void Of_FewItems_AllAreShown(int count, string expected) => PythonList.Format(Items(count)).ShouldBe(expected);

    [Theory]
    [InlineData(50, "'v49']")]
    [InlineData(51, "'v49', ... and 1 more]")]
    [InlineData(10_000, "'v49', ... and 9950 more]")]
    public void Of_ManyItems_FiftyAreShown(int count, string end) => PythonList.Format(Items(count)).ShouldEndWith(end);

    [Theory]
    [InlineData(2, 3, "'v1', ... and 3 more]")]
    [InlineData(50, 7, "'v49', ... and 7 more]")]
    [InlineData(52, 7, "'v49', ... and 9 more]")]
    public void Of_TheFirstItems_TheOthersAreCounted(int count, int further, string end) =>
        PythonList.Format(Items(count), further).ShouldEndWith(end);

    [Theory]
    [InlineData(512, 512, "")]
    [InlineData(513, 512, "…")]
    public void Name_LongName_Cut(int length, int kept, string end) =>
        Quoted.Name(new string('x', length)).ShouldBe($"'{new string('x', kept)}{end}'");

    [Fact]
    public void Name_CutInASurrogatePair_LeavesItOut() =>
        Quoted.Name(new string('x', 511) + "😀😀").ShouldBe($"'{new string('x', 511)}…'");

    private static string[] Items(int count) => [.. Enumerable.Range(0, count).Select(i => $"v{i}")];
}
