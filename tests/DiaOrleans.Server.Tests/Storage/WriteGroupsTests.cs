using DiaOrleans.Server.Storage;
using Microsoft.Data.Sqlite;
using Orleans.Storage;

namespace DiaOrleans.Server.Tests.Storage;

/// <summary>Writes that share a transaction, in a table that a test can read beside it.</summary>
public sealed class WriteGroupsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _database;
    private readonly SqliteSource _source;
    private readonly CountedTransactions _transactions;
    private readonly WriteGroups _groups;

    public WriteGroupsTests()
    {
        _database = _folder.File("test.db");
        Execute("PRAGMA journal_mode=WAL; CREATE TABLE t (k TEXT PRIMARY KEY, CHECK (k <> 'bad'))");
        _source = new SqliteSource(_database);
        _transactions = new CountedTransactions(_source);
        _groups = new WriteGroups(_transactions);
    }

    public void Dispose()
    {
        _source.Dispose();
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Fact]
    public async Task Writes_that_wait_for_another_are_one_transaction_of_limited_size()
    {
        using var open = new ManualResetEventSlim();
        var first = Insert("first", () => open.Wait());
        await Until(() => _transactions.Sizes.Count == 1);
        var others = Enumerable.Range(0, WriteGroups.Largest + 8).Select(i => Insert($"{i}")).ToArray();
        open.Set();
        await Task.WhenAll([first, .. others]).WaitAsync(TimeSpan.FromSeconds(30));
        _transactions.Sizes.ShouldBe([1, WriteGroups.Largest, 8]);
        Count().ShouldBe(1 + others.Length);
        foreach (var write in others) ((await write).ETag, (await write).RecordExists).ShouldBe(("1", true));
    }

    [Fact]
    public async Task A_write_has_not_ended_before_its_transaction_is_committed()
    {
        using var open = new ManualResetEventSlim();
        var first = Insert("a", () => open.Wait());
        await Until(() => _transactions.Sizes.Count == 1);
        using var hold = new ManualResetEventSlim();
        using var reached = new ManualResetEventSlim();
        var inserted = Insert("b");
        var held = Insert("c", () =>
        {
            reached.Set();
            hold.Wait();
        });
        open.Set();
        reached.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        (await first).ETag.ShouldBe("1");
        Count().ShouldBe(1);
        inserted.IsCompleted.ShouldBeFalse();
        hold.Set();
        await Task.WhenAll(inserted, held).WaitAsync(TimeSpan.FromSeconds(30));
        Count().ShouldBe(3);
    }

    [Fact]
    public async Task A_conflict_is_the_end_of_its_own_write_only()
    {
        var writes = await InOneGroup(
            () => Insert("a"),
            () => Insert("b", () => throw new InconsistentStateException("Another write was first.")),
            () => Insert("c"));
        writes[1].Exception!.InnerException.ShouldBeOfType<InconsistentStateException>();
        (await writes[0]).ETag.ShouldBe("1");
        (await writes[2]).ETag.ShouldBe("1");
        Keys().ShouldBe(["a", "c", "held"]);
        _transactions.Sizes.ShouldBe([1, 3]);
    }

    [Fact]
    public async Task A_write_that_fails_does_not_take_the_others_of_its_transaction_with_it()
    {
        var writes = await InOneGroup(() => Insert("a"), () => Insert("bad"), () => Insert("c"));
        writes[1].Exception!.InnerException.ShouldBeOfType<SqliteException>();
        (await writes[0]).ETag.ShouldBe("1");
        (await writes[2]).ETag.ShouldBe("1");
        Keys().ShouldBe(["a", "c", "held"]);
        _transactions.Sizes.ShouldBe([1, 3, 1, 1, 1]);
    }

    [Fact]
    public async Task A_transaction_that_cannot_be_committed_leaves_no_version_in_the_states_and_its_writes_are_made_alone()
    {
        _transactions.FailCommits = true;
        var writes = await InOneGroup(() => Insert("a"), () => Insert("b"));
        foreach (var write in writes) (await write).ETag.ShouldBe("1");
        Keys().ShouldBe(["a", "b", "held"]);
        _transactions.Sizes.ShouldBe([1, 2, 1, 1]);
    }

    [Fact]
    public async Task A_write_has_nothing_of_the_command_of_the_write_before()
    {
        const string Sql = "INSERT INTO t VALUES (@key)";
        await Run(Sql, "a");
        await Run(Sql, "b");
        (await Should.ThrowAsync<InvalidOperationException>(Run(Sql, null))).Message.ShouldContain("@key");
        await Run("INSERT INTO t VALUES ('c')", null);
        (await Should.ThrowAsync<SqliteException>(Run(Sql, "bad"))).SqliteErrorCode.ShouldBe(19);
        await Run(Sql, "d");
        Keys().ShouldBe(["a", "b", "c", "d"]);
    }

    private Task Run(string sql, string? key) => _groups.Run(new GrainState<string>(""), async _ =>
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (key is not null)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@key";
            parameter.Value = key;
            command.Parameters.Add(parameter);
        }

        await command.ExecuteNonQueryAsync();
    });

    /// <summary>Makes writes while another one is held, and waits for all.</summary>
    private async Task<Task<GrainState<string>>[]> InOneGroup(params Func<Task<GrainState<string>>>[] writes)
    {
        using var open = new ManualResetEventSlim();
        var held = Insert("held", () => open.Wait());
        await Until(() => _transactions.Sizes.Count == 1);
        Task<GrainState<string>>[] made = [.. writes.Select(write => write())];
        open.Set();
        await Task.WhenAll([held, .. made]).WaitAsync(TimeSpan.FromSeconds(30)).ContinueWith(_ => { }, TaskScheduler.Default);
        return made;
    }

    private Task<GrainState<string>> Insert(string key, Action? before = null) => Insert(new GrainState<string>(key), before);

    private async Task<GrainState<string>> Insert(GrainState<string> state, Action? before = null)
    {
        await _groups.Run(state, async copy =>
        {
            before?.Invoke();
            await using var connection = await _source.OpenConnectionAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = $"INSERT INTO t VALUES ('{copy.State}')";
            command.ExecuteNonQuery();
            copy.ETag = $"{int.Parse(copy.ETag ?? "0") + 1}";
            copy.RecordExists = true;
        });
        return state;
    }

    private long Count() => Keys().Length;

    private string[] Keys()
    {
        using var connection = new SqliteConnection($"Data Source={_database}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT k FROM t ORDER BY k";
        using var rows = command.ExecuteReader();
        var keys = new List<string>();
        while (rows.Read()) keys.Add(rows.GetString(0));
        return [.. keys];
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_database}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition()) await Task.Delay(5, limit.Token);
    }

    private sealed class CountedTransactions(IWriteTransactions inner) : IWriteTransactions
    {
        private readonly List<int> _sizes = [];

        public IReadOnlyList<int> Sizes
        {
            get
            {
                lock (_sizes) return [.. _sizes];
            }
        }

        /// <summary>Whether transactions of several writes cannot be committed.</summary>
        public bool FailCommits { get; set; }

        public IWriteTransaction Begin(int writes)
        {
            lock (_sizes) _sizes.Add(writes);
            return new Transaction(inner.Begin(writes), fails: FailCommits && writes > 1);
        }

        private sealed class Transaction(IWriteTransaction inner, bool fails) : IWriteTransaction
        {
            public void Commit()
            {
                if (fails) throw new IOException("No space left on device");
                inner.Commit();
            }

            public void Dispose() => inner.Dispose();
        }
    }
}
