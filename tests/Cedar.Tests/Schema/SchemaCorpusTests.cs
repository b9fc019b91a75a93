using System.Text;
using AccessGov.Cedar.Tests.Conformance;

namespace AccessGov.Cedar.Tests.Schemas;

public sealed class SchemaCorpusTests
{
    [ConformanceFact]
    public void Every_schema_of_the_corpus_is_read_from_text()
    {
        Dictionary<string, byte[]> texts = SchemaCorpus.Unpack("corpus-tests.tar.gz", ".cedarschema");
        var refused = new List<string>();
        foreach ((string name, byte[] text) in texts)
        {
            try
            {
                Schema.Parse(Encoding.UTF8.GetString(text), name);
            }
            catch (SchemaException exception)
            {
                refused.Add(exception.Message);
            }
        }

        refused.Take(20).ShouldBeEmpty();
        texts.Count.ShouldBe(7_809);
    }
}
