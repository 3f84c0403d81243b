using System.Net;
using System.Text.Json;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>GET and PUT /config; docs/api.md, Configuration.</summary>
[Collection(nameof(ServerCollection))]
public sealed class ConfigurationTests(ServerFixture fixture)
{
    private const string Fresh =
        """{"debug_mode":false,"save_outputs":false,"show_prompts":false,"output_retention_hours":24,"auto_discover_prompts":true"""
        + ""","auto_transcribe":true,"whisper_model_size":"base"}""";

    [Fact]
    public async Task A_put_replaces_the_whole_object_and_survives_a_restart()
    {
        using var folder = new TemporaryFolder();
        await using (var server = await RunningServer.Start(folder: folder.Path))
        {
            (await server.Client.GetStringAsync("/config")).ShouldBe(Fresh);
            var answer = await server.Client.PutJson(
                "/v1/config",
                """{"show_prompts":"yes","output_retention_hours":"-3","whisper_model_size":"colossal","unknown":1}""");
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            var changed = Fresh.Replace("\"show_prompts\":false", "\"show_prompts\":true").Replace("24", "-3").Replace("base", "colossal");
            (await answer.Content.ReadAsStringAsync())
                .ShouldBe($$"""{"message":"Configuration updated successfully","config":{{changed}}}""");
            (await server.Client.PutJson("/config", """{"save_outputs":true}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await using var next = await RunningServer.Start(folder: folder.Path);
        (await next.Client.GetStringAsync("/v1/config")).ShouldBe(Fresh.Replace("\"save_outputs\":false", "\"save_outputs\":true"));
    }

    [Fact]
    public async Task A_flag_wins_for_its_run_is_not_stored_and_yields_to_a_put()
    {
        using var folder = new TemporaryFolder();
        await using (var server = await RunningServer.Start(folder: folder.Path))
            await server.Client.PutJson("/config", """{"output_retention_hours":48}""");
        await using (var server = await RunningServer.Start(new ServerOptions { SaveOutputs = true, RetentionHours = 1 }, folder.Path))
        {
            var config = await (await server.Client.GetAsync("/config")).Json();
            config.GetProperty("save_outputs").GetBoolean().ShouldBeTrue();
            config.GetProperty("output_retention_hours").GetInt64().ShouldBe(1);
        }

        await using (var server = await RunningServer.Start(new ServerOptions { SaveOutputs = true }, folder.Path))
        {
            (await (await server.Client.GetAsync("/config")).Json()).GetProperty("output_retention_hours").GetInt64().ShouldBe(48);
            await server.Client.PutJson("/config", "{}");
            (await server.Client.GetStringAsync("/config")).ShouldBe(Fresh);
        }

        await using var last = await RunningServer.Start(folder: folder.Path);
        (await last.Client.GetStringAsync("/config")).ShouldBe(Fresh);
    }

    [Theory]
    [InlineData("""{"debug_mode":"perhaps"}""", "debug_mode", "bool_parsing")]
    [InlineData("""{"save_outputs":null}""", "save_outputs", "bool_type")]
    [InlineData("""{"output_retention_hours":1.5}""", "output_retention_hours", "int_from_float")]
    [InlineData("""{"output_retention_hours":null}""", "output_retention_hours", "int_type")]
    [InlineData("""{"whisper_model_size":3}""", "whisper_model_size", "string_type")]
    public async Task A_wrong_type_is_refused_and_changes_nothing(string body, string field, string type)
    {
        await using var server = await RunningServer.Start();
        var failure = await (await server.Client.PutJson("/config", body)).OnlyFailure();
        failure.GetProperty("type").GetString().ShouldBe(type);
        failure.GetProperty("loc")[1].GetString().ShouldBe(field);
        (await server.Client.GetStringAsync("/config")).ShouldBe(Fresh);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public async Task Any_number_of_hours_is_accepted_and_the_cleanup_still_runs(long hours)
    {
        await using var server = await RunningServer.Start();
        (await server.Client.PutJson("/config", $$"""{"output_retention_hours":{{hours}}}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await (await server.Client.PostAsync("/cleanup", null)).Content.ReadAsStringAsync())
            .ShouldBe("""{"message":"Cleanup completed"}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"debug_mode":null}""")]
    [InlineData("""{"save_outputs":7}""")]
    [InlineData("""{"show_prompts":"x"}""")]
    [InlineData("""{"output_retention_hours":"x"}""")]
    [InlineData("""{"output_retention_hours":9223372036854775808}""")]
    [InlineData("""{"auto_discover_prompts":[]}""")]
    [InlineData("""{"auto_transcribe":{}}""")]
    [InlineData("""{"whisper_model_size":null}""")]
    public async Task A_body_that_is_no_configuration_is_a_422(string body) =>
        ((int)(await fixture.Client.PutJson("/config", body)).StatusCode).ShouldBe(422);

    [Theory]
    [InlineData("""{"debug_mode":"on"}""", "debug_mode", "true")]
    [InlineData("""{"save_outputs":1}""", "save_outputs", "true")]
    [InlineData("""{"show_prompts":true}""", "show_prompts", "true")]
    [InlineData("""{"output_retention_hours":"0"}""", "output_retention_hours", "0")]
    [InlineData("""{"auto_discover_prompts":"n"}""", "auto_discover_prompts", "false")]
    [InlineData("""{"auto_transcribe":0.0}""", "auto_transcribe", "false")]
    [InlineData("""{"whisper_model_size":""}""", "whisper_model_size", "\"\"")]
    [InlineData("""{"Debug_Mode":true}""", "debug_mode", "false")]
    public async Task Each_key_is_set_and_the_others_return_to_their_defaults(string body, string key, string value)
    {
        await fixture.Client.Accepted(HttpMethod.Put, "/config", """{"output_retention_hours":7}""");
        try
        {
            var config = (await fixture.Client.Accepted(HttpMethod.Put, "/config", body)).GetProperty("config");
            foreach (var fresh in JsonDocument.Parse(Fresh).RootElement.EnumerateObject())
                config.GetProperty(fresh.Name).GetRawText().ShouldBe(fresh.Name == key ? value : fresh.Value.GetRawText());
            (await fixture.Client.GetStringAsync("/config")).ShouldBe(config.GetRawText());
        }
        finally
        {
            await fixture.Client.Accepted(HttpMethod.Put, "/config", "{}");
        }
    }
}
