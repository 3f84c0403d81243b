using DiaOrleans.Server.Blobs;
using DiaOrleans.Server.Commands.Doctor;
using DiaOrleans.Server.Storage;
using DiaOrleans.Server.Tests.Blobs.S3;

namespace DiaOrleans.Server.Tests.Commands.Doctor;

public sealed class BlobCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_is_written_and_left_as_it_was()
    {
        var data = _folder.File("data");
        (await Check(data, new BlobOptions())).ShouldBe(new Finding("blobs", Verdict.Ok, "the data folder can be written and read"));
        Directory.Exists(data).ShouldBeFalse();
        Directory.CreateDirectory(data);
        await File.WriteAllTextAsync(Path.Combine(data, "kept"), "");
        (await Check(data, new BlobOptions())).Verdict.ShouldBe(Verdict.Ok);
        Directory.EnumerateFileSystemEntries(data).ShouldBe([Path.Combine(data, "kept")]);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_a_problem_with_advice()
    {
        await File.WriteAllTextAsync(_folder.File("file"), "");
        var finding = await Check(_folder.Path, new BlobOptions { BlobFolder = _folder.File("file/inside") });
        finding.Verdict.ShouldBe(Verdict.Problem);
        finding.Found.ShouldStartWith($"BlobFolder {_folder.File("file/inside")} cannot be used: ");
        finding.Advice.ShouldNotBeNull().ShouldContain("DIA_BLOB_FOLDER");
    }

    [Fact]
    public async Task A_bucket_is_written_with_the_key_of_the_environment()
    {
        await using var server = await S3StandIn.Start();
        (await Check(server, S3StandIn.Secret)).Verdict.ShouldBe(Verdict.Ok);
        server.Requests.Select(request => request.Method).ShouldBe(["PUT", "GET", "HEAD", "DELETE"]);
        server.Keys.ShouldBeEmpty();
        var finding = await Check(server, "wrong");
        finding.Verdict.ShouldBe(Verdict.Problem);
        finding.Found.ShouldStartWith($"bucket {S3StandIn.Bucket} at {server.Address} cannot be used: ");
        finding.Advice.ShouldNotBeNull().ShouldContain("DIA_S3_BUCKET");
    }

    [Fact]
    public async Task A_store_whose_settings_are_incomplete_is_a_problem_that_names_them()
    {
        (await Check(_folder.Path, new BlobOptions { Blobs = "database" })).Found.ShouldContain("DIA_DATABASE");
        (await Check(_folder.Path, new BlobOptions { Blobs = "s3" })).Found.ShouldContain("DIA_S3_BUCKET");
    }

    private Task<Finding> Check(S3StandIn server, string secret)
    {
        var options = new BlobOptions
        {
            Blobs = "s3",
            S3Endpoint = server.Address,
            S3Bucket = S3StandIn.Bucket,
            S3Region = S3StandIn.Region,
        };
        return BlobCheck.Run(_folder.Path, options, new DatabaseOptions(), name => name switch
        {
            "AWS_ACCESS_KEY_ID" => S3StandIn.Key,
            "AWS_SECRET_ACCESS_KEY" => secret,
            _ => null,
        });
    }

    private static Task<Finding> Check(string data, BlobOptions options) => BlobCheck.Run(data, options, new DatabaseOptions(), _ => null);
}
