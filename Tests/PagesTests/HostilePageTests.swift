import Figures
import Foundation
import Tables
import TestSupport
import Testing
import Wording

@testable import PageWriting
@testable import Pages

/// Texts from outside stay texts.
@Suite struct HostilePageTests {
  /// A page with one text at every place that takes one.
  static func page(_ text: String) -> Page {
    let table = Table([text, "n"], numeric: [1], rows: [[text, "1"]])
    let plot = Plot(
      "loss", title: text, x: Plot.Axis(text),
      lines: [Plot.Line(text, [Plot.Point(x: 1, y: 2), Plot.Point(x: 2, y: 3)])])
    let diagram = Diagram("graph", title: text, boxes: [Diagram.Box([text], .given)], arrows: [])
    let rows = RowTable(
      "rows", text, [RowTable.Column(text, [text, "a"]), RowTable.Column("n", [1, nil], digits: 2)])
    return Page(
      title: text, state: "done",
      sections: [
        Section(
          "all", text,
          [
            .lines([text]), .headline(text, text), .facts([(text, text)]), .table(text, table),
            .figure(Drawing(text, text, plot, numbers: table)), .figure(Drawing(text, text, diagram)),
            .rows(rows), .text(text, text),
          ])
      ])
  }

  /// The tags of a document, without what stands between them; those of the style and the script are left out.
  private static func tags(_ html: String) -> [String] {
    html.matches(of: #/<[^>]*>/#).map { match in
      // Numbers of places and widths follow from the length of a text.
      String(match.output).replacing(#/"[^"]*"/#, with: "\"\"")
    }
  }

  @Test func `hostile texts make no element and no attribute`() {
    let harmless = Self.tags(PageHTML(Self.page("harmless")).text)
    #expect(HostileTexts.all.count == 200 && Set(HostileTexts.all).count == 200)
    for text in HostileTexts.all {
      let html = PageHTML(Self.page(text)).text
      #expect(Self.tags(html) == harmless, "\(text.debugDescription)")
      let controls = html.unicodeScalars.filter { $0.value < 0x20 && $0 != "\n" && $0 != "\t" }
      #expect(controls.isEmpty, "\(text.debugDescription)")
    }
  }

  @Test func `an escaped text reads as it was`() {
    for text in HostileTexts.all + [HostileTexts.long] {
      let read = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .reduce(Markup.escaped(text)) { $0.replacing($1.0, with: $1.1) }
      #expect(read == Markup.plain(text))
    }
    #expect(Markup.escaped("a<b>&\"c'\u{1}\u{202E}") == "a&lt;b&gt;&amp;&quot;c&#39;[U+202E]")
    #expect(
      Markup.escaped("kept: \t\n e\u{301} \u{1F469}\u{200D}\u{1F52C}")
        == "kept: \t\n e\u{301} \u{1F469}\u{200D}\u{1F52C}")
  }

  @Test(.enabled(if: Browser.program != nil, "no chromium-headless-shell"))
  func `hostile texts do nothing in a browser, and are seen`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hostile-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let texts = HostileTexts.all + [HostileTexts.long]
    let sections = texts.enumerated().map { place, text in
      Section("s\(place)", text, Self.page(text).sections[0].blocks)
    }
    let path = folder.appendingPathComponent("hostile.html").path
    let page = PageHTML(Page(title: texts[40], state: "done", sections: sections))
    try Data(page.text.utf8).write(to: URL(fileURLWithPath: path))
    let browser = try Browser()
    try browser.open(path, until: "document.documentElement.dataset.state !== 'static'")
    #expect(try browser.evaluate("document.documentElement.dataset.state") as? String == "ready")
    #expect(try browser.evaluate("window.pwned === undefined") as? Bool == true)
    #expect(browser.complaints == [] && browser.requests.count == 1)
    #expect(try browser.evaluate("document.querySelectorAll('main > section').length") as? Int == texts.count)
    let shown =
      try browser.evaluate(
        "[...document.querySelectorAll('main > section')].map(s => [s.querySelector('p').textContent, "
          + "s.querySelector('table.virtual tbody td').textContent])") as? [[String]] ?? []
    for (text, seen) in zip(texts, shown) {
      // A browser reads any end of a line as one.
      let plain = Markup.plain(text)
      #expect(seen == [plain, plain], "\(text.prefix(100).debugDescription)")
    }
  }

  @Test func `the policy names the script and the style that stand in the page`() throws {
    let html = PageHTML(Self.page("</script>")).text
    for (tag, directive) in [("script", "script-src"), ("style", "style-src")] {
      let start = try #require(html.range(of: "<\(tag)>", options: .backwards)).upperBound
      let end = try #require(html[start...].range(of: "</\(tag)>")).lowerBound
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
      try Data(html[start..<end].utf8).write(to: folder)
      defer { try? FileManager.default.removeItem(at: folder) }
      let hex = String(decoding: try Python.run("sha256sum", [folder.path]), as: UTF8.self).prefix(64)
      let bytes = stride(from: 0, to: 64, by: 2).compactMap { place in
        UInt8(hex.dropFirst(place).prefix(2), radix: 16)
      }
      #expect(bytes.count == 32)
      #expect(html.contains("\(directive) 'sha256-\(Data(bytes).base64EncodedString())'"), "\(tag)")
    }
    #expect(html.contains("default-src 'none'") && html.contains("require-trusted-types-for 'script'"))
  }
}
