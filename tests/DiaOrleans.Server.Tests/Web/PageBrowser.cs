using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>The headless Chromium of this machine; tests that need it are skipped if there is none.</summary>
public sealed class PageBrowser : IAsyncLifetime
{
    private const float TimeoutMs = 60_000;
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];
    private static readonly string[] Flags =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--use-fake-device-for-media-stream",
        "--host-resolver-rules=MAP *.example 127.0.0.1, MAP *.lan 127.0.0.1",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } program) return;
        Assertions.SetDefaultExpectTimeout(TimeoutMs);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = program, Args = Flags, Timeout = TimeoutMs });
    }

    /// <summary>Opens the server's page in a profile of its own.</summary>
    internal Task<OpenPage> Open(RunningServer server, int width = 1280) => Open(server.Address, server.Address, width);

    /// <summary>Opens a page of the server whose addresses all begin with <paramref name="root"/>.</summary>
    internal async Task<OpenPage> Open(Uri address, Uri root, int width = 1280)
    {
        var context = await NewContext(width);
        var page = await context.NewPageAsync();
        var open = new OpenPage(page, root);
        await page.GotoAsync(address.ToString());
        return open;
    }

    /// <summary>A profile of its own, which resolves names under .example and .lan to this machine.</summary>
    internal async Task<IBrowserContext> NewContext(int width = 1280, bool touch = false)
    {
        Assert.SkipWhen(_browser is null, $"no {string.Join(", ", Names)} on the PATH");
        var context = await _browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 900 }, HasTouch = touch, IsMobile = touch,
            });
        context.SetDefaultTimeout(TimeoutMs);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static string? Find() =>
        (from name in Names
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         let path = Path.Combine(folder, name)
         where File.Exists(path)
         select path).FirstOrDefault();
}
