using DiaOrleans.Grains.Scripts.Cleaning;

namespace DiaOrleans.Grains.Tests.Scripts.Cleaning;

public sealed class HtmlMarkupTests
{
    [Theory]
    [InlineData("<b>bold</b> and un<i>believ</i>able H<sub>2</sub>O", "bold and unbelievable H2O")]
    [InlineData("<A HREF='https://example.org?a=b>c' class=x>link</A >", "link")]
    [InlineData("List<string> <your name> a < b <3 <-> <> </> <1> <b", "List<string> <your name> a < b <3 <-> <> </> <1> <b")]
    [InlineData("a<br>b<br/>c<hr />d", "a\nb\nc\nd")]
    [InlineData("<p>one</p><p>two</p>", "one\n\ntwo\n\n")]
    [InlineData("<ul>\n<li>one</li><li><p>two</p></li></ul>", "\n\n- one\n\n- two\n\n\n")]
    [InlineData("<h2>Title</h2>text", "\n# Title\ntext")]
    [InlineData("<option>one</option><option>two</option>", "one\ntwo\n")]
    [InlineData("<div>one</div><details><summary>two</summary>three</details>", "one\ntwo\nthree\n")]
    [InlineData("<tr><td>a</td><td>b</td></tr>", "\n- a, b\n")]
    [InlineData("a<!-- b > c -->d<!DOCTYPE html>e", "ade")]
    [InlineData("a<!-- never closed", "a<!-- never closed")]
    [InlineData("a<script src='x'>if (a < b) {}</script>b<style>p { }</STYLE>c", "abc")]
    [InlineData("<peter@example.org> <https://example.org/a> <std::string>", "peter@example.org https://example.org/a <std::string>")]
    [InlineData("a<break time=\"1.5s\"/>b<BREAK time = '200ms' ></break>c<break/>", "a[pause:1.5s]b[pause:200ms]c[pause:500ms]")]
    public void Elements_leave_and_everything_else_stays(string text, string stripped) => HtmlMarkup.Strip(text).ShouldBe(stripped);
}
