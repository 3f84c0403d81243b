using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Server.Tests.Storage;

public sealed class DataFolderTests : IDisposable
{
    private static readonly FakeTimeProvider Noon = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_server_gets_the_process_and_port_of_the_first()
    {
        using var held = DataFolder.Open(_folder.Path, 7860, Noon);
        held.WriteHolder(7999);
        var message = Should.Throw<SettingsException>(() => DataFolder.Open(_folder.Path, 1, TimeProvider.System)).Message;
        message.ShouldContain(_folder.Path);
        message.ShouldContain($"process {Environment.ProcessId}, port 7999, since 2026-11-24 12:00:00Z");
    }

    [Fact]
    public void A_folder_can_be_opened_again_after_it_was_disposed()
    {
        DataFolder.Open(_folder.Path, 1, Noon).Dispose();
        using var again = DataFolder.Open(_folder.Path, 2, Noon);
        again.Database.ShouldBe(_folder.File("dia.db"));
    }

    [Fact]
    public void A_missing_folder_is_created()
    {
        using var held = DataFolder.Open(_folder.File("a/b"), 1, Noon);
        Directory.Exists(_folder.File("a/b")).ShouldBeTrue();
    }

    [Fact]
    public void A_path_that_is_a_file_is_refused()
    {
        System.IO.File.WriteAllText(_folder.File("file"), "");
        Should.Throw<SettingsException>(() => DataFolder.Open(_folder.File("file"), 1, Noon)).Message.ShouldContain("cannot be written");
    }
}
