using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>Validates options by their annotations, as the server does at start.</summary>
internal static class OptionsValidation
{
    /// <summary>Names of the properties whose values are not allowed.</summary>
    public static IEnumerable<string> FindInvalid(object options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.SelectMany(result => result.MemberNames);
    }
}
