using System.Diagnostics;
using System.Net;
using DiaOrleans.Server.Tests.Proxies;
using Microsoft.AspNetCore.Http;

namespace DiaOrleans.Server.Tests.Docker;

/// <summary>docker/nginx/nginx.conf, in nginx itself.</summary>
public sealed class NginxTests
{
    private const int Requests = 12;

    public NginxTests()
    {
        Assert.SkipWhen(NginxProcess.Program is null, "nginx is not installed");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has all addresses of 127.0.0.0/8 on loopback");
    }

    [Fact]
    public async Task It_accepts_its_configuration()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("nginx.conf"), ClusterProxy.Configuration(folder.Path));
        string[] arguments = ["-t", "-c", folder.File("nginx.conf"), "-p", folder.Path];
        using var process = Process.Start(new ProcessStartInfo(NginxProcess.Program!, arguments) { RedirectStandardError = true })!;
        var output = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, output);
    }

    [Theory]
    [InlineData("GET", "/jobs", null, HttpStatusCode.OK)]
    [InlineData("DELETE", "/jobs/1", null, HttpStatusCode.OK)]
    [InlineData("POST", "/generate", null, HttpStatusCode.OK)]
    [InlineData("POST", "/v1/audio/speech?voice=anna", null, HttpStatusCode.OK)]
    [InlineData("POST", "/generate?async_mode=true", "a key", HttpStatusCode.OK)]
    [InlineData("POST", "/generate?async_mode=true", null, HttpStatusCode.ServiceUnavailable)]
    [InlineData("POST", "/v1/generate?role=user&async_mode=true", null, HttpStatusCode.ServiceUnavailable)]
    [InlineData("POST", "/generate?Async_mode=true", null, HttpStatusCode.ServiceUnavailable)]
    [InlineData("POST", "/audio_prompts/upload", null, HttpStatusCode.ServiceUnavailable)]
    public async Task Only_what_can_be_repeated_goes_to_another_silo_if_one_drains(
        string method,
        string path,
        string? key,
        HttpStatusCode expected)
    {
        var refused = 0;
        var served = new List<string>();
        await using var proxy = await ClusterProxy.Start(
            context =>
            {
                Interlocked.Increment(ref refused);
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return Task.CompletedTask;
            },
            async context =>
            {
                using var body = new StreamReader(context.Request.Body);
                var text = await body.ReadToEndAsync();
                lock (served) served.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {text}");
            });
        var statuses = await Ask(proxy, method, path, key);
        refused.ShouldBeGreaterThan(0, "each silo is the first of some requests");
        served.ShouldAllBe(request => request == $"{method} {path} text");
        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(served.Count);
        if (expected == HttpStatusCode.OK) served.Count.ShouldBe(Requests);
        else (served.Count + refused).ShouldBe(Requests, "no request reaches two silos");
        statuses.Distinct().ShouldBeSubsetOf([HttpStatusCode.OK, expected]);
    }

    [Fact]
    public async Task A_silo_that_is_gone_is_no_error_for_any_request()
    {
        await using var proxy = await ClusterProxy.Start(null, _ => Task.CompletedTask);
        (await Ask(proxy, "POST", "/generate?async_mode=true", null)).ShouldAllBe(status => status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_job_that_a_silo_may_have_taken_before_it_broke_off_is_not_submitted_again()
    {
        var seen = 0;
        await using var proxy = await ClusterProxy.Start(Break, Break);
        (await Ask(proxy, "POST", "/generate?async_mode=true", null)).ShouldAllBe(status => status == HttpStatusCode.BadGateway);
        seen.ShouldBe(Requests);

        Task Break(HttpContext context)
        {
            Interlocked.Increment(ref seen);
            context.Abort();
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_stream_is_passed_on_while_it_is_made()
    {
        var heard = new TaskCompletionSource();
        async Task Stream(HttpContext context)
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await heard.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("last");
        }

        await using var proxy = await ClusterProxy.Start(Stream, Stream);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/audio/speech") { Content = new StringContent("text") };
        using var response = await proxy.Client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var bytes = new byte[5];
        await body.ReadExactlyAsync(bytes, limit.Token);
        heard.SetResult();
        (await new StreamReader(body).ReadToEndAsync(limit.Token)).ShouldBe("last");
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/v1/metrics/")]
    [InlineData("/v1//Metrics")]
    public async Task Metrics_are_not_passed_on(string path)
    {
        await using var proxy = await ClusterProxy.Start(_ => Task.CompletedTask, _ => Task.CompletedTask);
        (await proxy.Client.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<List<HttpStatusCode>> Ask(ClusterProxy proxy, string method, string path, string? key)
    {
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < Requests; i++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("text") };
            if (key is not null) request.Headers.Add("Idempotency-Key", key);
            using var response = await proxy.Client.SendAsync(request);
            statuses.Add(response.StatusCode);
        }

        return statuses;
    }
}
