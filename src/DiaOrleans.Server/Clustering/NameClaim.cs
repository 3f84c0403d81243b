using System.Net;
using System.Net.Sockets;
using DiaOrleans.Server.Settings;
using Npgsql;

namespace DiaOrleans.Server.Clustering;

/// <summary>
/// Refuses to start a silo whose name a living member of the cluster has: workers are found by the names of their silos. A dead one's entry
/// is marked dead, so that the start does not wait for it. Of two silos with one name that start at the same time, a lock in the database
/// lets one through.
/// </summary>
/// <param name="silo">The silo.</param>
/// <param name="endpoint">Where it listens; a member there is a former run of this silo.</param>
/// <param name="database">The database of the cluster.</param>
/// <param name="time">Clock of the waits.</param>
internal sealed class NameClaim(LocalSiloOptions silo, SiloEndpoint endpoint, NpgsqlDataSource database, TimeProvider time)
    : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>A member writes that it is alive each 4 s; one that has not done so twice is taken for dead.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(12);

    /// <summary>Longer than a silo takes to start.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private const string Lock = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))";

    /// <summary>Members that were alive in the last minute, by the clock of the database; 6 is dead.</summary>
    private const string Members = """
        SELECT Address, Port, IAmAliveTime FROM OrleansMembershipTable
        WHERE DeploymentId = $1 AND SiloName = $2 AND Status <> 6 AND IAmAliveTime > now() - interval '1 minute'
        """;

    /// <summary>A silo that reads it and is alive all the same stops; nothing else that it does counts.</summary>
    private const string MarkDead = """
        WITH dead AS
        (
            UPDATE OrleansMembershipTable SET Status = 6
            WHERE DeploymentId = $1 AND SiloName = $2 AND Address = $3 AND Port = $4 AND Status <> 6
            RETURNING 1
        )
        UPDATE OrleansMembershipVersionTable SET Version = Version + 1, ChangedOn = now()
        WHERE DeploymentId = $1 AND EXISTS (SELECT FROM dead)
        """;

    private NpgsqlConnection? _connection;

    /// <summary>Takes the name, before other services start.</summary>
    /// <exception cref="SettingsException">Another silo has it.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _connection = await database.OpenConnectionAsync(cancellationToken);
        await TakeLock(_connection, cancellationToken);
        foreach (var member in await FindMembers(_connection, cancellationToken))
        {
            if (member.Endpoint.Equals(endpoint.Advertised)) continue;
            if (await IsAlive(member, _connection, cancellationToken)) throw Taken($"The silo at {member.Endpoint} has it and is alive.");
            await Remove(member, _connection, cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Gives up the lock: the table of members has the name now.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A connection that goes back to its pool gives up its locks.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection) await connection.DisposeAsync();
    }

    private async Task TakeLock(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Lock, connection);
        command.Parameters.AddWithValue($"dia silo {silo.ClusterId} {silo.Name}");
        var begin = time.GetTimestamp();
        while (await command.ExecuteScalarAsync(cancellation) is not true)
        {
            if (time.GetElapsedTime(begin) > LongestStart) throw Taken("A silo with it is starting.");
            await Task.Delay(Pause, time, cancellation);
        }
    }

    private async Task<List<Member>> FindMembers(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Members, connection)
        {
            Parameters = { new() { Value = silo.ClusterId }, new() { Value = silo.Name } },
        };
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var members = new List<Member>();
        while (await rows.ReadAsync(cancellation))
            members.Add(new Member(new IPEndPoint(IPAddress.Parse(rows.GetString(0)), rows.GetInt32(1)), rows.GetDateTime(2)));
        return members;
    }

    private async Task Remove(Member member, NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(MarkDead, connection)
        {
            Parameters =
            {
                new() { Value = silo.ClusterId },
                new() { Value = silo.Name },
                new() { Value = member.Endpoint.Address.ToString() },
                new() { Value = member.Endpoint.Port },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Whether a member writes that it is alive. If nothing listens at its address it is dead, and there is no wait.</summary>
    private async Task<bool> IsAlive(Member member, NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (await IsRefused(member.Endpoint, cancellation)) return false;
        var begin = time.GetTimestamp();
        while (time.GetElapsedTime(begin) < Silence)
        {
            await Task.Delay(Pause, time, cancellation);
            var now = (await FindMembers(connection, cancellation)).FirstOrDefault(m => m.Endpoint.Equals(member.Endpoint));
            if (now is null) return false;
            if (now.AliveAt > member.AliveAt) return true;
        }

        return false;
    }

    private async Task<bool> IsRefused(IPEndPoint address, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Pause * 4, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using var client = new TcpClient(address.AddressFamily);
        try
        {
            await client.ConnectAsync(address, either.Token);
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private SettingsException Taken(string holder) => new(
        $"The cluster {silo.ClusterId} has a silo named '{silo.Name}' already. {holder} Choose another name with Silo (DIA_SILO).")
    {
        Setting = nameof(LocalSiloOptions.Silo),
    };

    private sealed record Member(IPEndPoint Endpoint, DateTime AliveAt);
}
