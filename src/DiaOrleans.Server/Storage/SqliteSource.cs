using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// The connections of Orleans' storage to a SQLite database: one for all writes, which stays open, and for each read one of the driver's
/// pool. Not thread-safe for writes: <see cref="WriteGroups"/> makes one at a time.
/// </summary>
/// <param name="database">Path of the database file.</param>
internal sealed class SqliteSource(string database) : DbDataSource, IWriteTransactions
{
    private readonly AsyncLocal<KeptConnection?> _writing = new();
    private KeptConnection? _kept;

    /// <inheritdoc/>
    public override string ConnectionString { get; } = SqliteDatabase.ConnectionString(database);

    /// <summary>Until the transaction ends, what the caller does uses its connection.</summary>
    public IWriteTransaction Begin(int writes)
    {
        _kept ??= KeptConnection.Open(ConnectionString);
        // SQLite makes a transaction of a single statement itself.
        var transaction = writes > 1 ? _kept.BeginTransaction(deferred: false) : null;
        _writing.Value = _kept;
        return new Transaction(this, transaction);
    }

    protected override DbConnection CreateDbConnection() => new SqliteConnection(ConnectionString);

    protected override DbConnection OpenDbConnection() => _writing.Value ?? base.OpenDbConnection();

    protected override ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        _writing.Value is { } kept ? ValueTask.FromResult<DbConnection>(kept) : base.OpenDbConnectionAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing) Release();
        base.Dispose(disposing);
    }

    private void Release()
    {
        _kept?.Release();
        _kept = null;
    }

    private sealed class Transaction(SqliteSource source, SqliteTransaction? inner) : IWriteTransaction
    {
        private bool _isCommitted;

        public void Commit()
        {
            inner?.Commit();
            _isCommitted = true;
        }

        public void Dispose()
        {
            source._writing.Value = null;
            // A connection that is closed rolls back; after a failure the next transaction gets a new one.
            if (_isCommitted) inner?.Dispose();
            else source.Release();
        }
    }

    /// <summary>A connection that its users do not close, with one command, which they use one after the other.</summary>
    private sealed class KeptConnection(string connectionString) : SqliteConnection(connectionString)
    {
        private readonly KeptCommand _command = new();
        private bool _isReleased;

        public static KeptConnection Open(string connectionString)
        {
            var connection = new KeptConnection(connectionString);
            connection.Open();
            connection._command.Connection = connection;
            return connection;
        }

        public override void Close()
        {
            if (_isReleased) base.Close();
        }

        public void Release()
        {
            _isReleased = true;
            _command.Release();
            Dispose();
        }

        protected override SqliteCommand CreateDbCommand()
        {
            _command.Transaction = Transaction;
            return _command;
        }

        protected override void Dispose(bool disposing)
        {
            if (_isReleased) base.Dispose(disposing);
        }
    }

    /// <summary>A command that its users do not dispose of: SQLite compiles its statement again only if the text changes.</summary>
    private sealed class KeptCommand : SqliteCommand
    {
        public void Release() => base.Dispose(disposing: true);

        protected override void Dispose(bool disposing)
        {
            if (!disposing) return;
            DataReader?.Dispose();
            Parameters.Clear();
        }
    }
}
