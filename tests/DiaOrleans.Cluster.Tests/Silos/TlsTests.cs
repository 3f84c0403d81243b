using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Cluster.Tests.Silos;

public sealed class TlsTests(PostgresServer postgres)
{
    [Fact]
    public async Task Silos_talk_only_to_silos_with_a_certificate_of_their_authority()
    {
        using var certificates = new Certificates();
        using var cluster = await TestCluster.Create(postgres);
        var api = await cluster.Start(cluster.Settings("api", "api") with { Variables = certificates.Sign("api") });
        await cluster.Start(cluster.Settings("gpu", "gpu") with { Variables = certificates.Sign("gpu") });
        await Requests.MakeVoice(api, "anna");
        await Until.Succeeds(async () => (await Requests.Speak(api)).StatusCode.ShouldBe(HttpStatusCode.OK));

        using var strangers = new Certificates();
        (await IsRefused(api.Settings.Port, null)).ShouldBeTrue();
        (await IsRefused(api.Settings.Port, strangers.Sign("stranger"))).ShouldBeTrue();
        using var plain = new TcpClient();
        await plain.ConnectAsync(IPAddress.Loopback, api.Settings.Port);
        await plain.GetStream().WriteAsync(new byte[64]);
        (await Ends(plain.GetStream())).ShouldBeTrue();
    }

    [Fact]
    public void Files_that_are_missing_or_wrong_are_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("text"), "no certificate");
        var options = new SiloTlsOptions { SiloCertificate = folder.File("text") };
        Should.Throw<SettingsException>(() => options.Load()).Message.ShouldContain("set all three or none");
        options = options with { SiloKey = folder.File("text"), SiloAuthority = folder.File("text") };
        Should.Throw<SettingsException>(() => options.Load()).Message.ShouldContain("Expected files in PEM format");
        options = options with { SiloAuthority = folder.File("missing") };
        Should.Throw<SettingsException>(() => options.Load()).Message.ShouldContain(folder.File("missing"));
        new SiloTlsOptions().Load().ShouldBeNull();
    }

    /// <summary>Whether a silo ends a connection from an end with these certificates; null shows none.</summary>
    private static async Task<bool> IsRefused(int port, Dictionary<string, string>? files)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
        var options = new SslClientAuthenticationOptions { TargetHost = "dia-silo" };
        if (files is not null)
        {
            var certificate = X509Certificate2.CreateFromPemFile(files["DIA_SILO_CERTIFICATE"], files["DIA_SILO_KEY"]);
            options.ClientCertificates = [certificate];
        }

        try
        {
            await tls.AuthenticateAsClientAsync(options);
            return await Ends(tls);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return true;
        }
    }

    private static async Task<bool> Ends(Stream stream)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            return await stream.ReadAsync(new byte[1], limit.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
