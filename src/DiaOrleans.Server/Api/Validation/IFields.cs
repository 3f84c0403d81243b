using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>Named values that a client sent: the members of a JSON object, or a query.</summary>
internal interface IFields
{
    /// <summary>
    /// The value with this exact name, the last one of several; null if there is none. An object or an array over
    /// <see cref="InputEcho.MaxBytes"/> is returned empty, since no field needs its content. A string over
    /// <see cref="RequestLimits.StringLength"/> may be shortened, but not to that length.
    /// </summary>
    JsonElement? Find(string name);

    /// <summary>The members of the object with this name; null if there is none.</summary>
    IFields? Within(string name);

    /// <summary>The value with this name as <see cref="InputEcho"/> writes it; null if there is none.</summary>
    string? Echo(string name);

    /// <summary>All values as <see cref="InputEcho"/> writes them.</summary>
    string EchoAll();
}
