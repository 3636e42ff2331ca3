namespace IdGenerator.ApiServer;

internal static class KubeConfig
{
    public static string ForCertificate(Uri server, string authority, string ns, string certificate, string key) =>
        Write(server, authority, ns, $"client-certificate: {certificate}, client-key: {key}");

    public static string ForToken(Uri server, string authority, string ns, string token) =>
        Write(server, authority, ns, $"token: {token}");

    private static string Write(Uri server, string authority, string ns, string user) =>
        $$"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters:
        - name: test
          cluster: { server: "{{server}}", certificate-authority: {{authority}} }
        users:
        - name: test
          user: { {{user}} }
        contexts:
        - name: test
          context: { cluster: test, user: test, namespace: {{ns}} }

        """;
}
