namespace IdGenerator.Http.Api;

/// <summary>Files that stand beside the source and are part of the assembly.</summary>
internal static class Resources
{
    public static byte[] Read(string name)
    {
        using var resource = typeof(Resources).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
