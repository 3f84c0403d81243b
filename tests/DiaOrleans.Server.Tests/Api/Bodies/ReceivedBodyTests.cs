using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Tests.Api.Bodies;

public sealed class ReceivedBodyTests : IDisposable
{
    private const int Most = 1 << 20;

    private readonly TemporaryFolder _folder = new();
    private readonly BodyBudget _budget = new(Most - 1);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(256 << 10, false)]
    [InlineData((256 << 10) + 1, true)]
    [InlineData(1_000_000, true)]
    public async Task Receive_AnySize_ReadBackUnchangedAndLargeOnesFromAFile(int size, bool large)
    {
        var sent = new byte[size];
        new Random(1).NextBytes(sent);
        using var share = _budget.Open();
        await using (var body = await Receive(sent, share))
        {
            body.IsLarge.ShouldBe(large);
            Files().ShouldBe(large ? 1 : 0);
            _budget.Held.ShouldBe(size);
            (await body.ReadAll(CancellationToken.None)).ShouldBe(sent);
        }

        Files().ShouldBe(0);
    }

    [Theory]
    [InlineData(Most + 1, 413)]
    [InlineData(Most, 429)]
    public async Task Receive_TooMuch_RefusedAndTheFileIsDeleted(int size, int status)
    {
        using var share = new BodyBudget(status == 413 ? 2 * Most : Most - 1).Open();
        (await Should.ThrowAsync<ApiProblem>(() => Receive(new byte[size], share))).Status.ShouldBe(status);
        Files().ShouldBe(0);
    }

    private Task<ReceivedBody> Receive(byte[] sent, BodyShare share) =>
        ReceivedBody.Receive(new MemoryStream(sent), Most, share, new BodyFiles(_folder.File("incoming")), CancellationToken.None);

    private int Files() => Directory.Exists(_folder.File("incoming")) ? Directory.GetFiles(_folder.File("incoming")).Length : 0;
}
