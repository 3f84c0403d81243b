using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>The page in a browser; it records errors in the console and requests to other addresses.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _errors = [];
    private readonly ConcurrentQueue<string> _elsewhere = [];
    private readonly ConcurrentQueue<(string Url, string? Body)> _requests = [];

    /// <param name="page">The page.</param>
    /// <param name="root">Every address that the page requests begins with it.</param>
    public OpenPage(IPage page, Uri root)
    {
        Page = page;
        string[] begins = [root.ToString(), $"blob:{root.GetLeftPart(UriPartial.Authority)}/"];
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _errors.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Request += (_, request) =>
        {
            _requests.Enqueue((request.Url, request.PostData));
            if (!begins.Any(begin => request.Url.StartsWith(begin, StringComparison.Ordinal))) _elsewhere.Enqueue(request.Url);
        };
    }

    public IPage Page { get; }

    /// <summary>Bodies sent to a path.</summary>
    public IEnumerable<string?> Sent(string path) =>
        _requests.Where(request => new Uri(request.Url).PathAndQuery == path).Select(request => request.Body);

    /// <summary>There are no messages in the console and no requests to other hosts.</summary>
    public void ShouldBeClean(params string[] expectedErrors)
    {
        _errors.Where(error => !expectedErrors.Any(error.Contains)).ShouldBeEmpty();
        _elsewhere.ShouldBeEmpty();
    }

    public async Task MakeVoice(string name)
    {
        await Page.ClickAsync("#voice-new");
        await Page.FillAsync("#voice-id", name);
        await Save("#voice-dialog");
        await Page.Locator("#voice option", new PageLocatorOptions { HasTextString = name }).WaitForAsync(
            new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        (await Page.InputValueAsync("#voice")).ShouldBe(name);
    }

    /// <summary>Submits a dialog and waits for it to close.</summary>
    public async Task Save(string dialog)
    {
        await Page.ClickAsync($"{dialog} [type=submit]");
        await Page.Locator(dialog).WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
    }

    public async Task Set(string field, string value)
    {
        if (!await Page.IsVisibleAsync(field)) await Page.ClickAsync("#more summary");
        await Page.FillAsync(field, value);
    }

    public Task PlayerIs(string state) => Page.WaitForSelectorAsync($"#player[data-state={state}]");

    /// <summary>Seconds of the audio in the player, once there is some.</summary>
    public async Task<double> AudioSeconds()
    {
        await Page.WaitForFunctionAsync("() => Number(document.getElementById('seek').max) > 0");
        return await Page.EvaluateAsync<double>("Number(document.getElementById('seek').max)");
    }

    /// <summary>Where the player is, in seconds.</summary>
    public Task<double> Position() => Page.EvaluateAsync<double>("Number(document.getElementById('seek').value)");

    /// <summary>Speaks a script and waits for its take; returns the take's row.</summary>
    public async Task<ILocator> Speak(string script)
    {
        var before = await Page.EvaluateAsync<int>("Number(document.querySelector('#takes li')?.dataset.take ?? 0)");
        await Page.FillAsync("#script", script);
        await Page.ClickAsync("#speak");
        await PlayerIs("done");
        await Page.WaitForFunctionAsync("before => Number(document.querySelector('#takes li')?.dataset.take ?? 0) > before", before);
        return Page.Locator("#takes li").First;
    }

    /// <summary>Seconds of the audio in the bar at the bottom, once the browser has read them.</summary>
    public async Task<double> SoundSeconds()
    {
        await Page.WaitForSelectorAsync("#sound");
        await Page.WaitForFunctionAsync("() => document.getElementById('sound-audio').duration > 0");
        return await Page.EvaluateAsync<double>("document.getElementById('sound-audio').duration");
    }

    /// <summary>The seconds generated, as the page shows them.</summary>
    public async Task<double> SecondsMade() =>
        double.Parse((await Page.TextContentAsync("#made"))!.Replace(" s", ""), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
