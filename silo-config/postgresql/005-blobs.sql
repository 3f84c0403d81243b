-- Blobs, if the setting Blobs is database. A content is written once, in pieces of 1 MiB, in the transaction that makes its blob visible,
-- and never changes: to replace a blob is to name another content.
CREATE TABLE DiaBlob
(
    Folder text COLLATE "C" NOT NULL,
    Name text COLLATE "C" NOT NULL,
    Content uuid NOT NULL,
    Size bigint NOT NULL,
    WrittenAt timestamptz NOT NULL,
    -- It also lists a folder.
    PRIMARY KEY (Folder, Name)
);

CREATE TABLE DiaBlobPiece
(
    Content uuid NOT NULL,
    Number integer NOT NULL,
    Bytes bytea NOT NULL,
    PRIMARY KEY (Content, Number)
);

-- Audio does not become smaller.
ALTER TABLE DiaBlobPiece ALTER COLUMN Bytes SET STORAGE EXTERNAL;

-- Contents that no blob names any more. They are deleted some minutes later, so that those who read them come to the end.
CREATE TABLE DiaBlobRemoved
(
    Content uuid NOT NULL PRIMARY KEY,
    RemovedAt timestamptz NOT NULL
);

CREATE INDEX DiaBlobRemoved_RemovedAt ON DiaBlobRemoved (RemovedAt);

CREATE FUNCTION DiaBlobRemove() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO DiaBlobRemoved (Content, RemovedAt) VALUES (OLD.Content, now());
    RETURN NULL;
END
$$;

CREATE TRIGGER DiaBlobRemove AFTER UPDATE OF Content OR DELETE ON DiaBlob FOR EACH ROW EXECUTE FUNCTION DiaBlobRemove();
