using System.Reflection;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs.Submission;

namespace DiaOrleans.Grains.Tests.Jobs.Submission;

public sealed class RequestHashTests
{
    private static readonly SpeechRequest Request = new() { Text = "Hi.", VoiceId = "anna", Seed = 42 };

    /// <summary>A release that gives another hash to this request refuses the repeated submission of a client after an upgrade.</summary>
    [Fact]
    public void The_form_is_that_of_version_1() => RequestHash.Compute(Request).ShouldBe(
        RequestHash.Compute("""1 {"Format":"wav","Seed":42,"Speed":1,"Text":"Hi.","VoiceId":"anna"}"""));

    [Fact]
    public void Every_member_that_is_set_changes_the_hash()
    {
        foreach (var member in typeof(SpeechRequest).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (member.SetMethod is null) continue;
            var other = Request with { };
            member.SetValue(other, Another(Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType));
            RequestHash.Compute(other).ShouldNotBe(RequestHash.Compute(Request), member.Name);
        }
    }

    private static object Another(Type type) => type switch
    {
        _ when type == typeof(string) => "other",
        _ when type == typeof(bool) => true,
        _ => Convert.ChangeType(7, type),
    };
}
