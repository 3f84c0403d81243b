using DiaOrleans.Server.Api.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace DiaOrleans.Server.Tests.Api.Pipeline;

/// <summary>The path is the target as Kestrel decodes it: without dot segments, everything but %2F decoded.</summary>
public sealed class RouteParameterTests
{
    [Theory]
    [InlineData("/voice_mappings/v", "/voice_mappings/v", "v", "v")]
    [InlineData("/voice_mappings/a%2Fb?x=/c", "/voice_mappings/a%2Fb", "a/b", "a/b")]
    [InlineData("/voice_mappings/a%252fb", "/voice_mappings/a%2fb", "a/b", "a%2fb")]
    [InlineData("/voice%5Fmappings/v", "/voice_mappings/v", "v", "v")]
    [InlineData("/voice%5Fmappings/a%252Fb", "/voice_mappings/a%2Fb", "a/b", "a%2Fb")]
    [InlineData("/voice_mappings/./v", "/voice_mappings/v", "v", "v")]
    [InlineData("/voice_mappings/x/../v", "/voice_mappings/v", "v", "v")]
    [InlineData("/voice_mappings/v/x/..", "/voice_mappings/v", "v", "v")]
    [InlineData("/voice_mappings/v/%2e", "/voice_mappings/v", "v", "v")]
    [InlineData("http://host/voice_mappings/voice_mappings", "/voice_mappings/voice_mappings", "voice_mappings", "voice_mappings")]
    [InlineData("/voice_mappings/%C3%BC%20%F0%9F%98%80", "/voice_mappings/ü 😀", "ü 😀", "ü 😀")]
    public void An_id_is_the_segment_that_routing_took_decoded_once(string target, string path, string routed, string id) =>
        RouteParameter.Read(Context("/voice_mappings/{voice_id}", target, path, routed), "voice_id").ShouldBe(id);

    [Fact]
    public void A_parameter_can_be_before_the_last_segment() =>
        RouteParameter.Read(
            Context("/v1/voice_mappings/{voice_id}/sound", "/v1/./voice_mappings/a%252Fb/sound", "/v1/voice_mappings/a%2Fb/sound", "a/b"),
            "voice_id")
            .ShouldBe("a%2Fb");

    private static DefaultHttpContext Context(string pattern, string target, string path, string routed)
    {
        var context = new DefaultHttpContext();
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        context.Request.Path = path;
        context.Request.RouteValues["voice_id"] = routed;
        context.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse(pattern), 0, null, null));
        return context;
    }
}
