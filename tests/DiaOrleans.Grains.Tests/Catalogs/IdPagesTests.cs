using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.Voices;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Catalogs;

public sealed class IdPagesTests
{
    [Fact]
    public void A_page_is_closed_when_it_is_full_and_all_ids_keep_their_order()
    {
        var state = new VoiceCatalogState();
        var pages = new IdPages(state, []);
        var stored = new Dictionary<long, List<string>>();
        for (var i = 0; i < 3 * IdPages.Size + 1; i++)
        {
            var made = pages.Add($"v{i}");
            made.Count.ShouldBe(i > 0 && i % IdPages.Size == 0 ? 1 : 0);
            foreach (var page in made) stored[page.Number] = page.Ids;
        }

        state.Pages.ShouldBe([1, 2, 3]);
        state.Ids.ShouldBe([$"v{3 * IdPages.Size}"]);
        pages.Ids.ShouldBe(Enumerable.Range(0, 3 * IdPages.Size + 1).Select(i => $"v{i}"));
        Reload(state, stored).Ids.ShouldBe(pages.Ids);
    }

    [Fact]
    public void A_list_of_version_1_is_divided_by_the_next_id()
    {
        var state = new VoiceCatalogState { Ids = [.. Enumerable.Range(0, 1000).Select(i => $"v{i}")] };
        var pages = new IdPages(state, []);
        pages.Add("new").Select(page => page.Ids.Count).ShouldBe([256, 256, 256]);
        state.Ids.Count.ShouldBe(1000 - 3 * IdPages.Size + 1);
        pages.Ids.ShouldBe([.. Enumerable.Range(0, 1000).Select(i => $"v{i}"), "new"]);
    }

    [Fact]
    public void A_page_without_ids_is_given_up()
    {
        var state = new VoiceCatalogState();
        var pages = new IdPages(state, []);
        for (var i = 0; i <= 2 * IdPages.Size; i++) pages.Add($"v{i}");
        IdPage? last = null;
        for (var i = 0; i < IdPages.Size; i++) last = pages.Remove($"v{i}");
        last!.ShouldBe(new IdPage(1, last!.Ids));
        last.Ids.ShouldBeEmpty();
        state.Pages.ShouldBe([2]);
        pages.Count.ShouldBe(IdPages.Size + 1);
    }

    [Property(MaxTest = 100)]
    public void Any_sequence_of_changes_gives_the_ids_of_a_plain_list_also_after_a_restart(int seed)
    {
        var random = new Random(seed);
        var state = new VoiceCatalogState();
        var pages = new IdPages(state, []);
        var stored = new Dictionary<long, List<string>>();
        var expected = new List<string>();
        for (var step = 0; step < 2000; step++)
        {
            var id = $"v{random.Next(1000)}";
            pages.Contains(id).ShouldBe(expected.Contains(id));
            if (expected.Remove(id))
            {
                if (pages.Remove(id) is { } page) stored[page.Number] = [.. page.Ids];
            }
            else
            {
                expected.Add(id);
                foreach (var page in pages.Add(id)) stored[page.Number] = [.. page.Ids];
            }

            if (step % 500 == 499) pages = Reload(state, stored);
        }

        pages.Ids.ShouldBe(expected);
        pages.Count.ShouldBe(expected.Count);
    }

    private static IdPages Reload(VoiceCatalogState state, Dictionary<long, List<string>> stored) =>
        new(state, [.. state.Pages.Select(number => stored[number])]);
}
