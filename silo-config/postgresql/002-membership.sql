-- The silos of a cluster. Each change of a member raises the version of its cluster, so that of two silos that change one table at the same
-- time one fails and reads it again.
CREATE TABLE OrleansMembershipVersionTable
(
    DeploymentId text NOT NULL PRIMARY KEY,
    Version integer NOT NULL,
    ChangedOn timestamptz NOT NULL
);

-- Status is a number of Orleans' SiloStatus: 2 joining, 3 active, 4 and 5 stopping, 6 dead.
CREATE TABLE OrleansMembershipTable
(
    DeploymentId text NOT NULL REFERENCES OrleansMembershipVersionTable (DeploymentId),
    Address text NOT NULL,
    Port integer NOT NULL,
    Generation integer NOT NULL,
    SiloName text NOT NULL,
    HostName text NOT NULL,
    Status integer NOT NULL,
    ProxyPort integer NOT NULL,
    SuspectTimes text NULL,
    StartTime timestamptz NOT NULL,
    IAmAliveTime timestamptz NOT NULL,
    PRIMARY KEY (DeploymentId, Address, Port, Generation)
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', '
    WITH made AS
    (
        INSERT INTO OrleansMembershipVersionTable (DeploymentId, Version, ChangedOn) VALUES (@DeploymentId, 0, now())
        ON CONFLICT DO NOTHING
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM made);
'),
('InsertMembershipKey', '
    WITH raised AS
    (
        UPDATE OrleansMembershipVersionTable SET Version = Version + 1, ChangedOn = now()
        WHERE DeploymentId = @DeploymentId AND Version = @Version AND NOT EXISTS
        (
            SELECT FROM OrleansMembershipTable
            WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
        )
        RETURNING DeploymentId
    ),
    made AS
    (
        INSERT INTO OrleansMembershipTable
            (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
        SELECT DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM raised
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM made);
'),
('UpdateMembershipKey', '
    WITH raised AS
    (
        UPDATE OrleansMembershipVersionTable SET Version = Version + 1, ChangedOn = now()
        WHERE DeploymentId = @DeploymentId AND Version = @Version AND EXISTS
        (
            SELECT FROM OrleansMembershipTable
            WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
        )
        RETURNING DeploymentId
    ),
    changed AS
    (
        UPDATE OrleansMembershipTable AS member
        SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
        FROM raised
        WHERE member.DeploymentId = raised.DeploymentId
            AND member.Address = @Address AND member.Port = @Port AND member.Generation = @Generation
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM changed);
'),
('UpdateIAmAlivetimeKey', '
    UPDATE OrleansMembershipTable SET IAmAliveTime = @IAmAliveTime
    WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation;
'),
('MembershipReadRowKey', '
    SELECT member.Address, member.Port, member.Generation, member.SiloName, member.HostName, member.Status, member.ProxyPort,
        member.SuspectTimes, member.StartTime, member.IAmAliveTime, cluster.Version
    FROM OrleansMembershipVersionTable AS cluster LEFT JOIN OrleansMembershipTable AS member
        ON member.DeploymentId = cluster.DeploymentId
            AND member.Address = @Address AND member.Port = @Port AND member.Generation = @Generation
    WHERE cluster.DeploymentId = @DeploymentId;
'),
('MembershipReadAllKey', '
    SELECT member.Address, member.Port, member.Generation, member.SiloName, member.HostName, member.Status, member.ProxyPort,
        member.SuspectTimes, member.StartTime, member.IAmAliveTime, cluster.Version
    FROM OrleansMembershipVersionTable AS cluster LEFT JOIN OrleansMembershipTable AS member ON member.DeploymentId = cluster.DeploymentId
    WHERE cluster.DeploymentId = @DeploymentId;
'),
('GatewaysQueryKey', '
    SELECT Address, ProxyPort, Generation FROM OrleansMembershipTable
    WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0;
'),
('CleanupDefunctSiloEntriesKey', '
    DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId AND IAmAliveTime < @IAmAliveTime AND Status <> 3;
'),
('DeleteMembershipTableEntriesKey', '
    DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId;
    DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId;
');
