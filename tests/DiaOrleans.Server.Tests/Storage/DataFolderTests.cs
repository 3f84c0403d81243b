using System.Diagnostics;
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
    public void A_server_that_runs_is_found_by_its_folder()
    {
        FolderHolder.FindRunning(_folder.File("absent")).ShouldBeNull();
        using (var held = DataFolder.Open(_folder.Path, 7860, Noon))
        {
            held.WriteHolder(7999);
            FolderHolder.FindRunning(_folder.Path).ShouldBe(new FolderServer(Environment.ProcessId, 7999));
        }

        FolderHolder.FindRunning(_folder.Path).ShouldBeNull();
        foreach (var (machine, process) in new[] { ("elsewhere", Environment.ProcessId), (Environment.MachineName, 999_999_999) })
        {
            var text = $"{machine}, process {process}, port 7860, since 2026-11-24\n000000000001\n";
            System.IO.File.WriteAllText(_folder.File("server.txt"), text);
            FolderHolder.FindRunning(_folder.Path).ShouldBeNull();
        }
    }

    /// <summary>The stand-in for a file system without locks is .NET's switch that takes none.</summary>
    [Fact]
    public async Task A_second_server_is_refused_where_locks_have_no_effect()
    {
        using var first = await Follow(Unlocked());
        var second = await Should.ThrowAsync<InvalidOperationException>(Follow(Unlocked()));
        second.Message.ShouldContain($"is in use by another server ({Environment.MachineName}, process {first.Process.Id}, port ");
        first.Process.HasExited.ShouldBeFalse();
    }

    [Fact]
    public void A_folder_without_locks_whose_server_was_killed_is_taken_after_a_while()
    {
        var period = TimeSpan.FromMilliseconds(20);
        System.IO.File.WriteAllText(_folder.File("server.txt"), "elsewhere, process 7, port 7860, since 2026-11-24\n000000000012\n");
        using var next = new FolderHolder(_folder.Path, TimeProvider.System, period);
        next.TakeWithoutLock(7999).ShouldBeNull();
        next.Read().ShouldStartWith($"{Environment.MachineName}, process {Environment.ProcessId}, port 7999");
    }

    [Fact]
    public async Task A_server_whose_folder_another_one_has_taken_writes_nothing_more_and_says_so()
    {
        using var first = new FolderHolder(_folder.Path, TimeProvider.System, TimeSpan.FromMilliseconds(20));
        var taken = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        first.Taken += taken.SetResult;
        first.TakeWithoutLock(7860).ShouldBeNull();
        const string text = "elsewhere, process 7, port 7861, since 2026-11-24\n000000000000\n";
        System.IO.File.WriteAllText(_folder.File("server.txt"), text);
        (await taken.Task.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe("elsewhere, process 7, port 7861, since 2026-11-24");
        first.Dispose();
        System.IO.File.ReadAllText(_folder.File("server.txt")).ShouldBe(text);
    }

    [Fact]
    public async Task A_server_that_could_not_reach_its_folder_for_long_ends_after_another_one_has_taken_it()
    {
        using var first = await Follow(Unlocked());
        await first.Signal("STOP");
        using var second = await Follow(Unlocked());
        await first.Signal("CONT");
        var reason = await first.Process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        (await first.WaitForExit()).ShouldNotBe(0);
        reason.ShouldContain($"was taken by another server ({Environment.MachineName}, process {second.Process.Id}, port ");
        (await second.Client.GetAsync("/health")).EnsureSuccessStatusCode();
    }

    [Fact]
    public void Of_servers_that_start_at_the_same_time_without_locks_one_goes_on()
    {
        var period = TimeSpan.FromMilliseconds(200);
        FolderHolder[] all = [.. Enumerable.Range(1, 3).Select(_ => new FolderHolder(_folder.Path, TimeProvider.System, period))];
        var taken = all.AsParallel().WithDegreeOfParallelism(3).Select((holder, i) => holder.TakeWithoutLock(1000 + i)).ToArray();
        taken.Count(other => other is null).ShouldBe(1);
        foreach (var holder in all) holder.Dispose();
        System.IO.File.Exists(_folder.File("server.txt")).ShouldBeFalse();
    }

    private ProcessStartInfo Unlocked()
    {
        var start = ServerProcess.Command(_folder.Path);
        start.Environment["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1";
        return start;
    }

    private static Task<ServerProcess> Follow(ProcessStartInfo start) =>
        ServerProcess.Follow(Process.Start(start)!, new SocketsHttpHandler());

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
