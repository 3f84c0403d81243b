using DiaOrleans.Server.Devices;

namespace DiaOrleans.Server.Tests.Devices;

public sealed class HostMemoryTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void The_machine_of_this_test_has_memory() => new HostMemory().Available().ShouldBeInRange(10L << 20, 100L << 40);

    [Fact]
    public void Without_limits_it_is_what_the_kernel_says()
    {
        Write("proc/meminfo", "MemTotal:       16000 kB\nMemFree:  100 kB\nMemAvailable:    8000 kB\n");
        Write("proc/self/cgroup", "0::/user.slice/a\n");
        Write("sys/fs/cgroup/user.slice/a/memory.max", "max\n");
        new HostMemory(_root.Path).Available().ShouldBe(8000 * 1024);
    }

    [Theory]
    [InlineData("/a/b", "a")]
    [InlineData("/a/b", "a/b")]
    [InlineData("/", ".")]
    public void The_limit_of_a_group_or_of_one_above_it_counts_and_files_that_can_be_dropped_are_free(string group, string limited)
    {
        Write("proc/meminfo", "MemAvailable:    8000 kB\n");
        Write("proc/self/cgroup", $"12:cpu:/old\n0::{group}\n");
        Write($"sys/fs/cgroup/{limited}/memory.max", "5000000\n");
        Write($"sys/fs/cgroup/{limited}/memory.current", "4000000\n");
        Write($"sys/fs/cgroup/{limited}/memory.stat", "anon 1\ninactive_file 300000\n");
        new HostMemory(_root.Path).Available().ShouldBe(1_300_000);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData(".")]
    public void A_limit_of_control_groups_of_version_one_counts_too(string limited)
    {
        Write("proc/meminfo", "MemAvailable:    8000 kB\n");
        Write("proc/self/cgroup", "5:cpu:/old\n4:memory:/a/b\n0::/\n");
        Write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
        Write("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "4000000\n");
        Write($"sys/fs/cgroup/memory/{limited}/memory.limit_in_bytes", "5000000\n");
        Write($"sys/fs/cgroup/memory/{limited}/memory.usage_in_bytes", "4000000\n");
        Write($"sys/fs/cgroup/memory/{limited}/memory.stat", "inactive_file 1\ntotal_inactive_file 300000\n");
        new HostMemory(_root.Path).Available().ShouldBe(1_300_000);
    }

    [Theory]
    [InlineData("100", 1_300_000 - 100 * 1024)]
    [InlineData("1000", 1_000_000)]
    [InlineData("7500", 500 * 1024)]
    public void Pages_of_files_that_this_process_uses_are_not_free(string kibi, long available)
    {
        Write("proc/meminfo", "MemAvailable:    8000 kB\n");
        Write("proc/self/status", $"Name:\tdotnet\nVmRSS:\t  9000 kB\nRssAnon:\t  10 kB\nRssFile:\t  {kibi} kB\nRssShmem:\t 5 kB\n");
        Write("proc/self/cgroup", "0::/a\n");
        Write("sys/fs/cgroup/a/memory.max", "5000000\n");
        Write("sys/fs/cgroup/a/memory.current", "4000000\n");
        Write("sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file 300000\n");
        new HostMemory(_root.Path).Available().ShouldBe(available);
    }

    private void Write(string path, string text)
    {
        var file = _root.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
