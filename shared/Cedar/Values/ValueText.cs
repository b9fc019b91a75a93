using System.Globalization;
using System.Text;

namespace AccessGov.Cedar;

/// <summary>Values as Cedar expressions. Recursion is bounded by <see cref="Value.DepthMax"/>.</summary>
internal static class ValueText
{
    public static string Write(Value value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2);
        AppendQuoted(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Value value)
    {
        switch (value)
        {
            case BoolValue boolean:
                text.Append(boolean.IsTrue ? "true" : "false");
                break;
            case LongValue integer:
                text.Append(integer.Number.ToString(CultureInfo.InvariantCulture));
                break;
            case StringValue quoted:
                AppendQuoted(text, quoted.Text);
                break;
            case EntityUid uid:
                text.Append(uid.Type).Append("::");
                AppendQuoted(text, uid.Id);
                break;
            case SetValue set:
                AppendSet(text, set);
                break;
            case RecordValue record:
                AppendRecord(text, record);
                break;
            case ExtensionValue extension:
                text.Append(extension.AsExpression());
                break;
            default:
                text.Append(value.TypeName);
                break;
        }
    }

    private static void AppendSet(StringBuilder text, SetValue set)
    {
        text.Append('[');
        string separator = "";
        foreach (Value member in set.Members)
        {
            text.Append(separator);
            Append(text, member);
            separator = ", ";
        }

        text.Append(']');
    }

    private static void AppendRecord(StringBuilder text, RecordValue record)
    {
        text.Append('{');
        for (int i = 0; i < record.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            AppendQuoted(text, record.Names[i]);
            text.Append(": ");
            Append(text, record.Values[i]);
        }

        text.Append('}');
    }

    private static void AppendQuoted(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case '\0': text.Append("\\0"); break;
                case var control when char.IsControl(control):
                    text.Append("\\u{").Append(((int)control).ToString("x", CultureInfo.InvariantCulture)).Append('}');
                    break;
                default: text.Append(c); break;
            }
        }

        text.Append('"');
    }
}
