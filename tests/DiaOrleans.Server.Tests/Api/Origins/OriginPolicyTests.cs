using DiaOrleans.Server.Api.Origins;

namespace DiaOrleans.Server.Tests.Api.Origins;

public sealed class OriginPolicyTests
{
    [Theory]
    [InlineData("http://localhost:8000")]
    [InlineData("http://LOCALHOST")]
    [InlineData("http://127.0.0.1:8000")]
    [InlineData("https://127.8.9.10")]
    [InlineData("http://[::1]:3000")]
    [InlineData("http://tts:8000")]
    [InlineData("https://TTS")]
    public void Allows_LoopbackOrTheRequestsOwnHost_True(string origin) =>
        new OriginPolicy(new OriginOptions()).Allows(origin, "tts").ShouldBeTrue();

    [Theory]
    [InlineData("https://app.example")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("://localhost")]
    [InlineData("http://")]
    [InlineData("http://localhost.evil.example")]
    [InlineData("http://localhost@evil.example")]
    [InlineData("http://evil.example/localhost")]
    [InlineData("http://evil.example\\@localhost")]
    [InlineData("http://127.0.0.1.evil.example")]
    [InlineData("http://127.0.0.1, http://evil.example")]
    [InlineData("http://tts.evil.example")]
    [InlineData("http://128.0.0.1")]
    [InlineData("http://192.168.1.5")]
    public void Allows_AnyOtherOrigin_False(string origin) => new OriginPolicy(new OriginOptions()).Allows(origin, "tts").ShouldBeFalse();

    [Theory]
    [InlineData("https://app.example", true)]
    [InlineData("HTTPS://APP.EXAMPLE", true)]
    [InlineData("null", true)]
    [InlineData("http://app.example", false)]
    [InlineData("https://app.example:8443", false)]
    [InlineData("https://sub.app.example", false)]
    public void Allows_NamedOrigins_TheseOnly(string origin, bool allowed) =>
        new OriginPolicy(new OriginOptions { AllowedOrigins = ["https://app.example", "null"] }).Allows(origin, "tts").ShouldBe(allowed);

    [Theory]
    [InlineData("https://app.example")]
    [InlineData("null")]
    [InlineData("")]
    public void Allows_AllNamedOrAKeySet_True(string origin)
    {
        new OriginPolicy(new OriginOptions { AllowedOrigins = ["*"] }).Allows(origin, "tts").ShouldBeTrue();
        new OriginPolicy(new OriginOptions { HasKey = true }).Allows(origin, "tts").ShouldBeTrue();
    }
}
