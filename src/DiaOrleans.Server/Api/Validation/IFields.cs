using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>Named values that a client sent: the members of a JSON object, or a query.</summary>
internal interface IFields
{
    /// <summary>
    /// A value by its exact name, the last one of equal names; null where there is none. An object or an array that is longer than what is
    /// echoed comes empty: no field needs what is in it. A string that is longer than any field takes may come shortened, and is too long
    /// still.
    /// </summary>
    JsonElement? Find(string name);

    /// <summary>The members of the object under a name; null where there is no object.</summary>
    IFields? Within(string name);

    /// <summary>The value under a name as it is echoed, as JSON; null where there is none.</summary>
    string? Echo(string name);

    /// <summary>All of it as it is echoed, as JSON.</summary>
    string EchoAll();
}
