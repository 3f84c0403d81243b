using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DiaOrleans.Cluster.Tests.Silos;

/// <summary>An authority and certificates that it signs, in files.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _authority;

    public Certificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(_folder.File("authority.pem"), _authority.ExportCertificatePem());
    }

    /// <summary>Makes a certificate.</summary>
    /// <param name="name">Its name, and that of its files.</param>
    /// <returns>The variables that make a silo use it.</returns>
    public Dictionary<string, string> Sign(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var serial = RandomNumberGenerator.GetBytes(8);
        using var certificate = request.Create(_authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(12), serial);
        File.WriteAllText(_folder.File($"{name}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(_folder.File($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
        return new Dictionary<string, string>
        {
            ["DIA_SILO_CERTIFICATE"] = _folder.File($"{name}.pem"),
            ["DIA_SILO_KEY"] = _folder.File($"{name}.key"),
            ["DIA_SILO_AUTHORITY"] = _folder.File("authority.pem"),
        };
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }
}
