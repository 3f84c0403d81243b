using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Clustering;

/// <summary>Files of the encryption between silos, in PEM format: all three, or none for connections without it.</summary>
internal sealed record SiloTlsOptions
{
    /// <summary>Certificate of this silo, which it shows to silos that connect to it and that it connects to.</summary>
    public string? SiloCertificate { get; init; }

    /// <summary>Private key of the certificate, without a password.</summary>
    public string? SiloKey { get; init; }

    /// <summary>Certificates of the authorities that have signed the certificates of all silos. Others are not trusted.</summary>
    public string? SiloAuthority { get; init; }

    /// <summary>The certificates of the files; null if none is set.</summary>
    /// <exception cref="SettingsException">A file is not set, or cannot be used.</exception>
    public (X509Certificate2 Own, X509Certificate2Collection Authorities)? Load()
    {
        string?[] files = [SiloCertificate, SiloKey, SiloAuthority];
        if (files.All(string.IsNullOrEmpty)) return null;
        if (files.Any(string.IsNullOrEmpty))
            throw Wrong("SiloCertificate, SiloKey and SiloAuthority belong together; set all three or none.");
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(SiloAuthority!);
            if (authorities.Count == 0) throw new CryptographicException("the file of authorities has no certificate.");
            return (LoadOwn(), authorities);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Wrong($"The certificates of the silo cannot be used: {e.Message} Expected files in PEM format.", e);
        }
    }

    private X509Certificate2 LoadOwn()
    {
        var certificate = X509Certificate2.CreateFromPemFile(SiloCertificate!, SiloKey);
        if (!OperatingSystem.IsWindows()) return certificate;
        // The TLS of Windows does not use keys that are only in memory.
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null);
    }

    private static SettingsException Wrong(string message, Exception? cause = null) =>
        new(message, cause) { Setting = nameof(SiloCertificate) };
}
