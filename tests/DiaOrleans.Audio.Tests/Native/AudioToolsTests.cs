using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Native;
using DiaOrleans.Audio.Stretching;

namespace DiaOrleans.Audio.Tests.Native;

public sealed class AudioToolsTests
{
    [Fact]
    public void An_installed_tool_has_a_version_and_a_missing_one_names_its_package()
    {
        foreach (var tool in AudioTools.FindAll())
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{tool.Name} {tool.Version ?? tool.Missing}");
            if (tool.Missing is null) tool.Version.ShouldNotBeNull(tool.Name).ShouldContain(c => char.IsDigit(c), tool.Name);
            else tool.Missing.ShouldContain("Debian package");
        }
    }

    [Fact]
    public void The_tools_and_the_formats_agree()
    {
        var missing = AudioTools.FindAll().ToDictionary(t => t.Name, t => t.Missing);
        AudioFormat.Mp3.Missing().ShouldBe(missing["libmp3lame"]);
        AudioFormat.Opus.Missing().ShouldBe(missing["libopusenc"]);
        AudioFormat.Flac.Missing().ShouldBe(missing["libFLAC"]);
        AudioFormat.Aac.Missing().ShouldBe(missing["ffmpeg"]);
        TimeStretch.Missing.ShouldBe(missing["SoundTouch"]);
    }

    [Fact]
    public void Every_library_has_file_names_for_every_system()
    {
        foreach (var name in Enum.GetValues<NativeLibraryName>())
        {
            var facts = NativeLibraryFacts.Get(name);
            facts.Linux.ShouldAllBe(f => f.Contains(".so"));
            facts.MacOs.ShouldAllBe(f => f.EndsWith(".dylib"));
            facts.Windows.ShouldAllBe(f => f.EndsWith(".dll"));
            (facts.Linux.Length * facts.MacOs.Length * facts.Windows.Length).ShouldBeGreaterThan(0);
        }
    }
}
