using System.Security.Cryptography.X509Certificates;

namespace IdGenerator.ApiServer;

internal static class PemFiles
{
    public static (string Certificate, string Key) Write(X509Certificate2 certificate, string directory, string name)
    {
        var paths = (Path.Combine(directory, name + ".crt"), Path.Combine(directory, name + ".key"));
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(paths.Item1, certificate.ExportCertificatePem());
        File.WriteAllText(paths.Item2, key.ExportPkcs8PrivateKeyPem());
        return paths;
    }
}
