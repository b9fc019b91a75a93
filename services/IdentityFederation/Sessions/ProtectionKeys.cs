using System.Text;
using System.Xml.Linq;
using AccessGov.IdentityFederation.Tokens;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace AccessGov.IdentityFederation.Sessions;

/// <summary>
/// The keys under which the framework protects cookies and forms: in the database, so that replicas and the next process read what one has written, and
/// encrypted as signing keys are.
/// </summary>
internal sealed class ProtectionKeys(NpgsqlDataSource database, KeyVault vault) : IXmlRepository
{
    public const string CreateTable =
        """
        create table if not exists protection_key (name text primary key, sealed text not null);
        """;

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var elements = new List<XElement>();
        using NpgsqlCommand command = database.CreateCommand("select name, sealed from protection_key order by name");
        using NpgsqlDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            elements.Add(XElement.Parse(Encoding.UTF8.GetString(vault.Unseal(row.GetString(0), row.GetString(1)))));
        }

        return elements;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using NpgsqlCommand command = database.CreateCommand("insert into protection_key (name, sealed) values ($1, $2)");
        command.Parameters.Add(new() { Value = friendlyName });
        command.Parameters.Add(new() { Value = vault.Seal(friendlyName, Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting))) });
        command.ExecuteNonQuery();
    }
}
