using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.SiloReports;

namespace DiaOrleans.Grains.Tests.Recognition;

public sealed class RecognizerSilosTests
{
    private static readonly RecognizerStatus OnDisk = new(true, true, OnDisk: true, ModelLoaded: false, "On disk.");
    private static readonly RecognizerStatus Loaded = OnDisk with { ModelLoaded = true, Message = "Loaded." };
    private static readonly RecognizerStatus IfAsked = new(true, AvailableUnasked: false, OnDisk: false, ModelLoaded: false, "If asked.");
    private static readonly RecognizerStatus Missing = new(false, false, OnDisk: false, ModelLoaded: false, "Missing.");

    [Fact]
    public void GetStatus_SeveralSilos_IsWhatTheyCanDoTogetherAndNamesThem()
    {
        var status = Silos(Report("a", OnDisk), Report("b", null), Report("c", Missing), Report("d", OnDisk)).GetStatus("base");
        status.ShouldBe(new RecognizerStatus(true, true, true, ModelLoaded: false, "a, d: On disk. c: Missing."));
        Silos(Report("a", OnDisk), Report("b", Loaded)).GetStatus("base").ModelLoaded.ShouldBeTrue();
        Silos(Report("a", IfAsked)).GetStatus("base").ShouldBe(IfAsked, "a silo that is alone has no name");
    }

    [Fact]
    public void GetStatus_AnUnknownSize_NamesTheSizes() => Silos(Report("a", OnDisk)).GetStatus("huge")
        .ShouldBe(new RecognizerStatus(false, false, false, false, "There is no Whisper model of the size 'huge'. There are: base, tiny."));

    [Fact]
    public void GetStatus_NoSiloRecognises_IsOff()
    {
        Silos(Report("a", null)).GetStatus("base").ShouldBe(new RecognizerStatus(false, false, false, false, RecognizerSilos.None));
        Silos(Report("a", null), Report("b", null)).InTurn(Order("1")).ShouldBeEmpty();
        var starting = Silos(Report("a", null), Report("b", null) with { IsFresh = false });
        (starting.IsPartial, starting.GetStatus("base").Message).ShouldBe((true, RecognizerSilos.NoneAnswers));
    }

    [Fact]
    public void GetStatus_ASiloThatDoesNotAnswer_CountsNotAndIsAskedLast()
    {
        var silos = Silos(Report("a", Loaded) with { IsFresh = false }, Report("b", Missing));
        silos.GetStatus("base").ShouldBe(Missing with { Message = "a: Does not answer. b: Missing." });
        silos.InTurn(Order("1")).ShouldBe(["b", "a"]);
        silos.WithModel("base").ShouldBeEmpty();
    }

    [Fact]
    public void InTurn_AModelOnDiskComesBeforeADownload()
    {
        var silos = Silos(Report("a", Missing), Report("b", IfAsked), Report("c", OnDisk));
        for (var recording = 0; recording < 20; recording++) silos.InTurn(Order($"{recording}")).ShouldBe(["c", "b", "a"]);
        silos.WithModel("base").ShouldBe(["c"]);
    }

    [Fact]
    public void InTurn_EqualSilos_AreAskedInTheSameOrderForOneRecordingAndShareThemAll()
    {
        SiloReport[] reports = [Report("a", OnDisk), Report("b", Loaded), Report("c", OnDisk)];
        string[] first = [.. Enumerable.Range(0, 60).Select(recording => Silos(reports).InTurn(Order($"{recording}"))[0])];
        first.ShouldBe(Enumerable.Range(0, 60).Select(recording => Silos([.. reports.Reverse()]).InTurn(Order($"{recording}"))[0]));
        foreach (var silo in reports) first.Count(name => name == silo.Silo).ShouldBeInRange(10, 30);
    }

    private static RecognizerSilos Silos(params SiloReport[] reports) => new(reports);

    private static RecognitionOrder Order(string digest) =>
        new() { Action = RecognitionAction.Recognize, ModelSize = "base", Asked = true, Digest = digest };

    private static SiloReport Report(string silo, RecognizerStatus? status) => new()
    {
        Silo = silo,
        Recognizer = status is null
            ? null
            : new RecognizerReport(new Dictionary<string, RecognizerStatus> { ["tiny"] = Missing, ["base"] = status }),
    };
}
