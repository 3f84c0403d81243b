using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace DiaOrleans.Server.Clustering;

/// <summary>Encrypts the connections between silos. Both ends must show a certificate of an authority of the settings.</summary>
internal static class SiloTls
{
    /// <summary>Sent as the name of the other silo; names of certificates are not compared, since silos connect to addresses.</summary>
    private const string Target = "dia-silo";

    /// <summary>Adds the encryption if the settings have certificates.</summary>
    /// <param name="orleans">The silo.</param>
    /// <param name="files">The settings.</param>
    /// <exception cref="Settings.SettingsException">A file is not set, or cannot be used.</exception>
    public static ISiloBuilder UseSiloTls(this ISiloBuilder orleans, SiloTlsOptions files)
    {
        if (files.Load() is not { } loaded) return orleans;
        return orleans.UseTls(tls =>
        {
            tls.LocalCertificate = loaded.Own;
            // The remote end of each connection: the silo that listens, and the one that connects.
            tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.RemoteCertificateValidation = (certificate, chain, _) => IsTrusted(certificate, chain, loaded.Authorities);
            tls.OnAuthenticateAsClient = (_, options) => options.TargetHost = Target;
        });
    }

    private static bool IsTrusted(X509Certificate2 certificate, X509Chain? received, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // Missing certificates are not fetched from the addresses that a certificate names.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (received is not null) chain.ChainPolicy.ExtraStore.AddRange(received.ChainPolicy.ExtraStore);
        return chain.Build(certificate);
    }
}
