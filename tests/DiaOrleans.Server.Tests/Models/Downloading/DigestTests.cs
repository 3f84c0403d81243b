using DiaOrleans.Server.Models.Downloading;

namespace DiaOrleans.Server.Tests.Models.Downloading;

public sealed class DigestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The values are of sha256sum, sha1sum and git hash-object.</summary>
    [Theory]
    [InlineData(DigestKind.Sha256, "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")]
    [InlineData(DigestKind.Sha1, "f572d396fae9206628714fb2ce00f72e94f2258f")]
    [InlineData(DigestKind.GitBlob, "ce013625030ba8dba906f756967f9e9ca394464a")]
    public async Task Each_kind_is_computed_as_the_tool_does_that_publishes_it(object kind, string hex)
    {
        var file = _folder.File("hello");
        await File.WriteAllTextAsync(file, "hello\n");
        (await new Digest((DigestKind)kind, hex).Matches(file, CancellationToken.None)).ShouldBeTrue();
        (await new Digest((DigestKind)kind, hex.Replace('0', '1')).Matches(file, CancellationToken.None)).ShouldBeFalse();
    }
}
