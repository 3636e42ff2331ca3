using System.Text;

namespace IdGenerator.Http.Hosting;

/// <summary>Standard error, for the line that says why the process ends.</summary>
public static class StandardError
{
    /// <summary>
    /// Whether anybody can read that line is not the program's to decide: standard error may be closed, or a disk that is full. The
    /// exit code is told all the same.
    /// </summary>
    public static void MayBeUnwritable() => Console.SetError(TextWriter.Synchronized(new Tolerant(Console.Error)));

    private sealed class Tolerant(TextWriter inner) : TextWriter
    {
        public override Encoding Encoding => inner.Encoding;

        public override void Write(char value) => Try(() => inner.Write(value));

        public override void Write(string? value) => Try(() => inner.Write(value));

        public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

        private static void Try(Action write)
        {
            try
            {
                write();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The line is lost.
            }
        }
    }
}
