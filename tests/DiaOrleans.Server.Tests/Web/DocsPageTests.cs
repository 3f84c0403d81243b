using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>The page /docs in a browser, under its content policy.</summary>
[Collection(nameof(PageCollection))]
public sealed class DocsPageTests(PageBrowser browser, PageServer shared)
{
    [Theory]
    [InlineData("/docs")]
    [InlineData("/redoc")]
    public async Task The_page_shows_the_routes_and_its_policy_refuses_nothing_that_it_needs(string path)
    {
        var page = await (await browser.NewContext()).NewPageAsync();
        await using var open = new OpenPage(page, shared.Server.Address);
        var answer = await page.GotoAsync(new Uri(shared.Server.Address, path).ToString());
        var policy = (await answer!.AllHeadersAsync())["content-security-policy"];
        policy.ShouldContain("default-src 'self'; script-src 'self' 'nonce-");
        await page.GetByText("Speak a text, compatible with OpenAI's API").First.WaitForAsync(
            new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_script_that_is_put_into_the_page_does_not_run()
    {
        var page = await (await browser.NewContext()).NewPageAsync();
        await using var open = new OpenPage(page, shared.Server.Address);
        await page.GotoAsync(new Uri(shared.Server.Address, "/docs").ToString());
        await page.EvaluateAsync("""document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.ran = 1'>")""");
        await page.EvaluateAsync("""
            () => { const script = document.createElement("script"); script.textContent = "window.ran = 1"; document.body.append(script); }
            """);
        await page.WaitForTimeoutAsync(300);
        (await page.EvaluateAsync<bool>("window.ran === undefined")).ShouldBeTrue();
    }

    [Fact]
    public async Task Each_request_has_a_nonce_of_its_own()
    {
        var policies = new HashSet<string>();
        for (var i = 0; i < 5; i++)
            policies.Add((await shared.Server.Client.GetAsync("/docs")).Headers.GetValues("Content-Security-Policy").Single());
        policies.Count.ShouldBe(5);
    }
}
