using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Hosting;

/// <summary>Variables of the environment belong to the whole process: these tests take names that no other test sets.</summary>
public sealed class SettingsReaderTests : IDisposable
{
    private static readonly Dictionary<string, string?> Nothing = [];
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        foreach (var name in (string[])["DIA_GPU_MODE", "DIA_GPU_IDS", "DIA_MAX_WORKERS", "DIA_DISABLE_TORCH_COMPILE"]) Environment.SetEnvironmentVariable(name, null);
        Environment.SetEnvironmentVariable("DIA_MAX_WAITING_SECONDS", null);
        Environment.SetEnvironmentVariable("DIA_DRAIN_SECONDS", null);
        _folder.Dispose();
    }

    [Fact]
    public void Without_any_settings_the_server_is_the_documented_one()
    {
        var options = Read(null);
        (options.Host, options.Port, options.Data, options.Model, options.DrainSeconds, options.Dashboard).ShouldBe(("0.0.0.0", 7860, "data", null, 40, false));
    }

    [Fact]
    public void The_command_line_beats_the_environment_and_the_environment_beats_the_file()
    {
        var file = File("""{"Dia":{"MaxWaitingSeconds":1,"Slots":2}}""");
        Read(file).MaxWaitingSeconds.ShouldBe(1);
        Environment.SetEnvironmentVariable("DIA_MAX_WAITING_SECONDS", "2");
        Read(file).MaxWaitingSeconds.ShouldBe(2);
        var options = SettingsReader.Read(file, new Dictionary<string, string?> { ["MaxWaitingSeconds"] = "3" }).Options;
        (options.MaxWaitingSeconds, options.Slots).ShouldBe((3, 2));
    }

    [Fact]
    public void The_settings_file_of_the_repository_is_valid_and_says_what_holds_anyway() =>
        Read(Path.Combine(Repository(), "silo-config", "dev.json")).ShouldBe(new ServerOptions());

    [Fact]
    public void The_rest_of_the_file_reaches_the_host() =>
        SettingsReader.Read(File("""{"Logging":{"LogLevel":{"Orleans":"Debug"}}}"""), Nothing).Configuration["Logging:LogLevel:Orleans"].ShouldBe("Debug");

    [Theory]
    [InlineData("""{"Dia":{"Prot":1}}""", "Dia:Prot")]
    [InlineData("""{"Dia":{"Port":"many"}}""", "port is 'many'; expected a whole number. It comes from Dia:Port in ")]
    [InlineData("""{"Dia":{"Port":1.5}}""", "port is '1.5'; expected a whole number.")]
    [InlineData("""{"Dia":{"Debug":"perhaps"}}""", "debug is 'perhaps'; expected true or false.")]
    [InlineData("""{"Dia":{"TopP":"half"}}""", "top p is 'half'; expected a number.")]
    [InlineData("""{"Dia":{"Port":70000}}""", "port is 70000; expected 0 to 65535. It comes from Dia:Port in ")]
    [InlineData("""{"Dia":{"SiloPort":-1}}""", "It comes from Dia:SiloPort in ")]
    [InlineData("""{"Dia":{"Host":"example"}}""", "host is 'example'")]
    [InlineData("""{"Dia":{"Profile":"modern"}}""", "expected 0626 or classic")]
    [InlineData("""{"Dia":{"Silo":"a/b"}}""", "a name without a slash")]
    [InlineData("""{"Dia":{"WhisperModelUrl":"ftp://example"}}""", "expected an http or https address")]
    [InlineData("""{"Dia":{"GpuMode":"all"}}""", "gpu mode is 'all'")]
    [InlineData("""{"Dia":{"GpuIds":"0,x"}}""", "gpu ids is '0,x'")]
    [InlineData("""{"Dia":{"MaxWorkers":0}}""", "max workers is 0")]
    [InlineData("""{"Dia":{"AllowedOrigins":"app.example"}}""", "allowed origins is 'app.example'; expected origins such as https://app.example")]
    [InlineData("""{"Dia":{"AllowedOrigins":["https://a.example","https://b.example/page"]}}""", "It comes from Dia:AllowedOrigins in ")]
    [InlineData("""{"Dia":{"AllowedHosts":"https://tts.example"}}""", "allowed hosts is 'https://tts.example'; expected names such as tts.example")]
    [InlineData("""{"Dia":{"AllowedHosts":"tts.example:7860"}}""", "allowed hosts is 'tts.example:7860'")]
    [InlineData("""{"Dia":{"MaxConnections":0}}""", "max connections is 0; expected 1 or more")]
    [InlineData("""{"Dia":{"BodyBudgetMegabytes":31}}""", "body budget megabytes is 31; expected 32 to 65536")]
    [InlineData("""{"Dia":{"BodySeconds":0.5}}""", "body seconds is 0.5; expected 1 to 86400")]
    [InlineData("""{"Dia":""", "settings.json")]
    public void A_wrong_setting_is_named(string json, string expected) => Should.Throw<SettingsException>(() => Read(File(json))).Message.ShouldContain(expected);

    [Theory]
    [InlineData("soon", "drain seconds is 'soon'; expected a number. It comes from DIA_DRAIN_SECONDS.")]
    [InlineData("-1", "drain seconds is -1; expected 0 or more. It comes from DIA_DRAIN_SECONDS.")]
    public void A_wrong_variable_is_named(string value, string expected)
    {
        Environment.SetEnvironmentVariable("DIA_DRAIN_SECONDS", value);
        Should.Throw<SettingsException>(() => Read(File("""{"Dia":{"DrainSeconds":3}}"""))).Message.ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"Dia":{"AllowedOrigins":["https://a.example/","https://b.example:8443"],"allowedHosts":["a.example","*"]}}""")]
    [InlineData("""{"Dia":{"AllowedOrigins":"https://a.example/, https://b.example:8443","AllowedHosts":"a.example,*"}}""")]
    public void Origins_and_hosts_are_lists_or_separated_by_commas(string json)
    {
        var options = Read(File(json));
        options.OriginsAllowed.ShouldBe(["https://a.example", "https://b.example:8443"]);
        options.HostsAllowed.ShouldBe(["a.example", "*"]);
    }

    [Fact]
    public void What_the_command_line_overrides_may_be_wrong()
    {
        var file = File("""{"Dia":{"Port":"many"}}""");
        SettingsReader.Read(file, new Dictionary<string, string?> { ["Port"] = "1" }).Options.Port.ShouldBe(1);
        Should.Throw<SettingsException>(() => SettingsReader.Read(file, new Dictionary<string, string?> { ["Port"] = "-1" })).Message.ShouldEndWith("It comes from the command line.");
    }

    [Fact]
    public void The_originals_variables_are_honoured()
    {
        Environment.SetEnvironmentVariable("DIA_GPU_MODE", "multi");
        Environment.SetEnvironmentVariable("DIA_GPU_IDS", "0, 2");
        Environment.SetEnvironmentVariable("DIA_MAX_WORKERS", "3");
        Environment.SetEnvironmentVariable("DIA_DISABLE_TORCH_COMPILE", "1");
        var options = Read(null);
        (options.GpuMode, options.MaxWorkers).ShouldBe(("multi", 3));
        options.AllowedGpus.ShouldBe([0, 2]);
    }

    [Fact]
    public void A_missing_settings_file_is_named() => Should.Throw<SettingsException>(() => Read(_folder.File("none.json"))).Message.ShouldContain("none.json");

    [Theory]
    [InlineData("0626", DiaProfile.Dia0626)]
    [InlineData("Classic", DiaProfile.Classic)]
    public void A_profile_is_read_in_any_case(string text, DiaProfile profile) => new ServerOptions { Profile = text }.ProfileOverride.ShouldBe(profile);

    [Theory]
    [InlineData(null, null)]
    [InlineData("https://models.example/whisper", "https://models.example/whisper/")]
    [InlineData("http://models.example/", "http://models.example/")]
    public void The_source_of_models_is_a_folder(string? url, string? source) => (new ServerOptions { WhisperModelUrl = url }.WhisperSource?.ToString()).ShouldBe(source);

    [Fact]
    public void Localhost_is_the_loopback_address() => new ServerOptions { Host = "localhost" }.Address.ShouldBe(System.Net.IPAddress.Loopback);

    private static ServerOptions Read(string? file) => SettingsReader.Read(file, Nothing).Options;

    private static string Repository() => Path.GetFullPath(Path.Combine(ModelFolder.Default(), "..", ".."));

    private string File(string json)
    {
        var file = _folder.File("settings.json");
        System.IO.File.WriteAllText(file, json);
        return file;
    }
}
