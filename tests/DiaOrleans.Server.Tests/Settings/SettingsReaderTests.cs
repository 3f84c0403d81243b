using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Api;
using DiaOrleans.Server.Api.Origins;
using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Tests.Settings;

public sealed class SettingsReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string?> _variables = [];
    private readonly Dictionary<string, string?> _commandLine = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_settings_every_options_class_has_its_defaults()
    {
        var options = Read(null);
        foreach (var setting in Setting.FindAll(ServerSettings.Classes))
        {
            var expected = setting.GetValue(Activator.CreateInstance(setting.Options)!);
            setting.GetValue(Get(options, setting.Options)).ShouldBe(expected, setting.Name);
        }
    }

    [Fact]
    public void The_command_line_beats_the_environment_and_the_environment_beats_the_file()
    {
        var file = File("""{"Dia":{"MaxWaitingSeconds":1,"Slots":2}}""");
        Read(file).Get<EngineOptions>().MaxWaitingSeconds.ShouldBe(1);
        _variables["DIA_MAX_WAITING_SECONDS"] = "2";
        Read(file).Get<EngineOptions>().MaxWaitingSeconds.ShouldBe(2);
        _commandLine["MaxWaitingSeconds"] = "3";
        Read(file).Get<EngineOptions>().MaxWaitingSeconds.ShouldBe(3);
        Read(file).Get<EngineHostOptions>().Slots.ShouldBe(2);
    }

    [Fact]
    public void The_rest_of_the_file_reaches_the_host() =>
        Reader.Read(File("""{"Logging":{"LogLevel":{"Orleans":"Debug"}}}"""), _commandLine)
            .Configuration["Logging:LogLevel:Orleans"].ShouldBe("Debug");

    [Theory]
    [InlineData("""{"Dia":{"Prot":1}}""", null, "Dia:Prot")]
    [InlineData("""{"Dia":{"Port":"many"}}""", "Port", "port is 'many'; expected a whole number. It comes from Dia:Port in ")]
    [InlineData("""{"Dia":{"Port":1.5}}""", "Port", "port is '1.5'; expected a whole number.")]
    [InlineData("""{"Dia":{"Port":[1,2]}}""", "Port", "port is '1,2'; expected a whole number.")]
    [InlineData("""{"Dia":{"Debug":"perhaps"}}""", "Debug", "debug is 'perhaps'; expected true or false.")]
    [InlineData("""{"Dia":{"TopP":"half"}}""", "TopP", "top p is 'half'; expected a number.")]
    [InlineData("""{"Dia":{"TopP":0}}""", "TopP", "top p is 0; expected more than 0, at most 1.")]
    [InlineData("""{"Dia":{"MaxWaitingSeconds":0}}""", "MaxWaitingSeconds", "max waiting seconds is 0; expected more than 0.")]
    [InlineData("""{"Dia":{"Port":70000}}""", "Port", "port is 70000; expected 0 to 65535. It comes from Dia:Port in ")]
    [InlineData("""{"Dia":{"SiloPort":-1}}""", "SiloPort", "It comes from Dia:SiloPort in ")]
    [InlineData("""{"Dia":{"Host":"example"}}""", "Host", "host is 'example'; expected an IP address of this machine, :: or 0.0.0.0")]
    [InlineData("""{"Dia":{"Profile":"modern"}}""", "Profile", "profile is 'modern'; expected 0626 or classic")]
    [InlineData("""{"Dia":{"Data":""}}""", "Data", "data is ''; expected the path of a folder.")]
    [InlineData("""{"Dia":{"Silo":"a/b"}}""", "Silo", "silo is 'a/b'; expected a name without a slash")]
    [InlineData("""{"Dia":{"WhisperModelUrl":"ftp://example"}}""", "WhisperModelUrl", "expected an http or https address")]
    [InlineData("""{"Dia":{"OtlpEndpoint":"localhost:4317"}}""", "OtlpEndpoint", "otlp endpoint is 'localhost:4317'; expected an http")]
    [InlineData("""{"Dia":{"GpuMode":"All"}}""", "GpuMode", "gpu mode is 'All'; expected auto, single or multi.")]
    [InlineData("""{"Dia":{"GpuIds":"0,x"}}""", "GpuIds", "gpu ids is '0,x'; expected numbers such as 0,1.")]
    [InlineData("""{"Dia":{"MaxWorkers":0}}""", "MaxWorkers", "max workers is 0; expected 1 or more.")]
    [InlineData("""{"Dia":{"DefaultFormat":"mp4"}}""", "DefaultFormat", "expected wav, mp3, opus, aac, flac, pcm.")]
    [InlineData("""{"Dia":{"VoiceAliases":"a=b,c"}}""", "VoiceAliases", "voice aliases is 'a=b,c'; expected name=voice, name=voice.")]
    [InlineData("""{"Dia":{"AllowedOrigins":"app.example"}}""", "AllowedOrigins", "'app.example'; expected origins such as https://app.")]
    [InlineData("""{"Dia":{"AllowedOrigins":["https://a.b","https://c.d/page"]}}""", "AllowedOrigins", "is 'https://a.b,https://c.d/page'")]
    [InlineData("""{"Dia":{"AllowedHosts":"https://tts.example"}}""", "AllowedHosts", "expected names such as tts.example, without scheme")]
    [InlineData("""{"Dia":{"AllowedHosts":"tts.example:7860"}}""", "AllowedHosts", "allowed hosts is 'tts.example:7860'")]
    [InlineData("""{"Dia":{"MaxConnections":0}}""", "MaxConnections", "max connections is 0; expected 1 or more")]
    [InlineData("""{"Dia":{"BodyBudgetMegabytes":31}}""", "BodyBudgetMegabytes", "body budget megabytes is 31; expected 32 to 65536")]
    [InlineData("""{"Dia":{"BodySeconds":0.5}}""", "BodySeconds", "body seconds is 0.5; expected 1 to 86400")]
    [InlineData("""{"Dia":""", null, "settings.json")]
    public void A_wrong_setting_is_named(string json, string? setting, string expected)
    {
        var problem = Should.Throw<SettingsException>(() => Read(File(json)));
        problem.Message.ShouldContain(expected);
        problem.Setting.ShouldBe(setting);
        problem.Origin.ShouldBe(setting is null ? null : $"Dia:{setting} in {_folder.File("settings.json")}");
    }

    [Theory]
    [InlineData("soon", "drain seconds is 'soon'; expected a number. It comes from DIA_DRAIN_SECONDS.")]
    [InlineData("-1", "drain seconds is -1; expected 0 or more. It comes from DIA_DRAIN_SECONDS.")]
    [InlineData("NaN", "drain seconds is NaN; expected 0 or more. It comes from DIA_DRAIN_SECONDS.")]
    public void A_wrong_variable_is_named(string value, string expected)
    {
        _variables["DIA_DRAIN_SECONDS"] = value;
        var problem = Should.Throw<SettingsException>(() => Read(File("""{"Dia":{"DrainSeconds":3}}""")));
        problem.Message.ShouldBe(expected);
        problem.Setting.ShouldBe("DrainSeconds");
        problem.Origin.ShouldBe("DIA_DRAIN_SECONDS");
    }

    [Theory]
    [InlineData("""{"Dia":{"AllowedOrigins":["https://a.example/","https://b.example:8443"],"allowedHosts":["a.example","*"]}}""")]
    [InlineData("""{"Dia":{"AllowedOrigins":"https://a.example/, https://b.example:8443","AllowedHosts":"a.example,*"}}""")]
    public void A_list_is_a_list_or_separated_by_commas(string json)
    {
        var options = Read(File(json)).Get<OriginOptions>();
        options.AllowedOrigins.ShouldBe(["https://a.example", "https://b.example:8443"]);
        options.AllowedHosts.ShouldBe(["a.example", "*"]);
    }

    [Theory]
    [InlineData("on", true)]
    [InlineData("YES", true)]
    [InlineData("True", true)]
    [InlineData("1", true)]
    [InlineData("off", false)]
    [InlineData("no", false)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    public void A_switch_takes_the_same_words_from_everywhere(string text, bool expected)
    {
        var file = File($$$"""{"Dia":{"Dashboard":"{{{text}}}"}}""");
        Read(file).Get<LocalSiloOptions>().Dashboard.ShouldBe(expected);
        _variables["DIA_DASHBOARD"] = text;
        Read(null).Get<LocalSiloOptions>().Dashboard.ShouldBe(expected);
        _variables.Clear();
        _commandLine["Dashboard"] = text;
        Read(null).Get<LocalSiloOptions>().Dashboard.ShouldBe(expected);
    }

    [Fact]
    public void A_wrong_value_that_is_overridden_has_no_effect()
    {
        var file = File("""{"Dia":{"Port":"many"}}""");
        _commandLine["Port"] = "1";
        Read(file).Get<HttpOptions>().Port.ShouldBe(1);
        _commandLine["Port"] = "-1";
        Should.Throw<SettingsException>(() => Read(file)).Message.ShouldEndWith("It comes from the command line.");
    }

    [Fact]
    public void The_variables_of_the_original_are_read_and_others_ignored()
    {
        _variables["DIA_GPU_MODE"] = "Multi";
        _variables["DIA_GPU_IDS"] = "0, 2";
        _variables["DIA_MAX_WORKERS"] = "3";
        _variables["DIA_DISABLE_TORCH_COMPILE"] = "1";
        var options = Read(null).Get<DeviceOptions>();
        options.GpuMode.ShouldBe("multi");
        Read(null).Get<ApiOptions>().MaxWorkers.ShouldBe(3);
        options.AllowedGpus.ShouldBe([0, 2]);
    }

    [Fact]
    public void An_empty_variable_is_not_set()
    {
        _variables["DIA_PORT"] = "";
        Read(null).Get<HttpOptions>().Port.ShouldBe(7860);
    }

    [Fact]
    public void A_missing_settings_file_is_named() =>
        Should.Throw<SettingsException>(() => Read(_folder.File("none.json"))).Message.ShouldContain("none.json");

    private SettingsReader Reader => new(ServerSettings.Classes, name => _variables.GetValueOrDefault(name));

    private OptionsSet Read(string? file) => Reader.Read(file, _commandLine).Options;

    private static object Get(OptionsSet options, Type type) =>
        typeof(OptionsSet).GetMethod(nameof(OptionsSet.Get))!.MakeGenericMethod(type).Invoke(options, null)!;

    private string File(string json)
    {
        var file = _folder.File("settings.json");
        System.IO.File.WriteAllText(file, json);
        return file;
    }
}
