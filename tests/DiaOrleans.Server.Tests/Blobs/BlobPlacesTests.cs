using DiaOrleans.Grains.Blobs;
using DiaOrleans.Server.Blobs;
using DiaOrleans.Server.Blobs.S3;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Tests.Blobs;

public sealed class BlobPlacesTests
{
    private static readonly BlobOptions S3 = new() { Blobs = "S3", S3Endpoint = "http://127.0.0.1:1", S3Bucket = "b" };

    [Fact]
    public async Task Without_settings_blobs_are_in_the_data_folder()
    {
        using var data = new TemporaryFolder();
        await Open(new BlobOptions(), data.Path).Write("f/x", new byte[] { 1 });
        File.Exists(Path.Combine(data.Path, "f", "x")).ShouldBeTrue();
    }

    [Fact]
    public void A_store_of_ones_own_needs_a_bucket_and_a_key() => Open(S3).ShouldBeOfType<S3BlobStore>();

    [Theory]
    [InlineData("S3Bucket", "Blobs is s3, which needs S3Bucket (DIA_S3_BUCKET)")]
    [InlineData("S3Endpoint", "Blobs is s3 at Amazon, which needs S3Region (DIA_S3_REGION)")]
    [InlineData("AWS_ACCESS_KEY_ID", "needs the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")]
    [InlineData("AWS_SECRET_ACCESS_KEY", "needs the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")]
    public void What_is_missing_is_named(string missing, string sentence)
    {
        var options = missing switch
        {
            "S3Bucket" => S3 with { S3Bucket = "" },
            "S3Endpoint" => S3 with { S3Endpoint = null },
            _ => S3,
        };
        Should.Throw<SettingsException>(() => Open(options, unset: missing)).Message.ShouldContain(sentence);
    }

    [Fact]
    public void A_setting_without_an_effect_is_refused()
    {
        Refused(S3 with { BlobFolder = "/f" }, "BlobFolder is set, which is for Blobs=folder, but Blobs is s3. Change one of them.");
        Refused(S3 with { Blobs = "folder" }, "S3Bucket is set, which is for Blobs=s3, but Blobs is folder. Change one of them.");
        Refused(new BlobOptions { S3Endpoint = "http://s" }, "S3Endpoint is set, which is for Blobs=s3");
        Refused(new BlobOptions { S3Region = "r" }, "S3Region is set, which is for Blobs=s3");
    }

    [Fact]
    public void The_database_is_that_of_a_cluster() =>
        Refused(new BlobOptions { Blobs = "database" }, "Blobs is database, which is that of a cluster: set Database (DIA_DATABASE");

    private static void Refused(BlobOptions options, string sentence) =>
        Should.Throw<SettingsException>(() => Open(options)).Message.ShouldStartWith(sentence);

    private static IBlobStore Open(BlobOptions options, string data = "/none", string? unset = null) =>
        BlobPlaces.Open(options, data, database: null, name => name == unset ? null : "x", TimeProvider.System);
}
