using System.Buffers.Binary;
using System.Text;
using IdGenerator.Idaudit.Auditing;

namespace IdGenerator.Idaudit.Reading;

/// <summary>8 bytes an ID, little-endian. A negative number is an invalid value.</summary>
internal static class BinaryIds
{
    /// <exception cref="UnreadableException">The length is no multiple of 8.</exception>
    public static void Read(ByteWindow window, Audit audit)
    {
        do
        {
            var bytes = window.Bytes;
            var whole = bytes.Length & -sizeof(long);
            for (var at = 0; at < whole; at += sizeof(long))
            {
                var id = BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
                if (id >= 0) audit.Add(id);
                else audit.Reject(Encoding.ASCII.GetBytes(Digits.Format(id)));
            }

            window.Skip(whole);
        }
        while (window.Grow());

        if (window.Bytes.Length > 0) throw new UnreadableException("the last ID has fewer than 8 bytes", isCut: true);
    }
}
