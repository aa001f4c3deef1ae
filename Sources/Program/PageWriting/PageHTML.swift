import Artifacts
import Figures
import Tables
import Web
import Wording

/// A page as one HTML file that needs no other: text, tables, pictures, its style and its script.
///
/// The file is right without its script, which only sorts, searches and scrolls. Text is escaped by `Markup` and
/// nothing else; a policy lets no other script run than that one, and nothing be asked of a network.
package struct PageHTML {
  private let page: Page
  private let rows = Rows()
  /// Seconds after which a page of a run that goes on is read again; nil: never.
  private let rereads: Int?

  /// The rows of all tables of a page, collected while it is written.
  private final class Rows { var stream = ColumnStream() }

  package init(_ page: Page, rereads: Int? = nil) { (self.page, self.rereads) = (page, rereads) }

  /// The things that a browser may do with the page.
  package static let policy =
    "default-src 'none'; script-src '\(hash(PageScript.text))'; style-src '\(hash(PageStyle.text))'; img-src data:; "
    + "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"

  /// The name of an inline script or style in a policy.
  static func hash(_ text: String) -> String { "sha256-" + Base64.encoded(Digest.of(Array(text.utf8)).bytes) }

  package var text: String {
    let links = page.sections.map { "<li><a href=\"#\(Self.escaped($0.id))\">\(Self.escaped($0.title))</a></li>" }
    let sections = page.sections.map(section)
    let (title, state) = (Self.escaped(page.title), Self.escaped(page.state))
    let rereads = rereads.map { " data-reread=\"\($0)\"" } ?? ""
    return """
      <!doctype html>
      <html lang="en" data-state="static"\(rereads)>
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>\(PageStyle.text)</style>
      </head>
      <body>
      <a class="skip" href="#main">To the content</a>
      <header>
      <h1>\(title) <span class="state \(state)">\(state)</span></h1>
      <nav aria-label="Sections"><ul>\(links.joined())</ul></nav>
      </header>
      <main id="main">
      \(sections.joined(separator: "\n"))
      </main>
      <script type="application/octet-stream" id="stream">\(rows.stream.text)</script>
      <script>\(PageScript.text)</script>
      </body>
      </html>

      """
  }

  private static func escaped(_ text: String) -> String { Markup.escaped(text) }

  private func section(_ section: Section) -> String {
    let id = Self.escaped(section.id)
    let blocks = section.blocks.enumerated().map { block($1, "\(id)-\($0 + 1)") }
    return
      "<section id=\"\(id)\" aria-labelledby=\"\(id)-title\">\n<h2 id=\"\(id)-title\">\(Self.escaped(section.title))"
      + "</h2>\n\(blocks.joined(separator: "\n"))\n</section>"
  }

  /// A block; `id` is its own on the page.
  private func block(_ block: Block, _ id: String) -> String {
    switch block {
    case .lines(let lines): return lines.map { "<p>\(Self.escaped($0))</p>" }.joined(separator: "\n")
    case .notes(let title, let lines):
      return "<h3>\(Self.escaped(title))</h3>\n" + lines.map { "<p>\(Self.escaped($0))</p>" }.joined(separator: "\n")
    case .headline(let value, let words):
      return "<p class=\"headline\"><strong>\(Self.escaped(value))</strong> <span>\(Self.escaped(words))</span></p>"
    case .facts(let facts):
      return "<dl>"
        + facts.map { "<div><dt>\(Self.escaped($0.name))</dt><dd>\(Self.escaped($0.value))</dd></div>" }.joined()
        + "</dl>"
    case .figure(let drawing): return figure(drawing, id)
    case .table(let title, let table):
      return "<h3 id=\"\(id)-title\">\(Self.escaped(title))</h3>\n" + scrolling(Self.table(table), id)
    case .rows(let table): return rows(table, id)
    case .text(let title, let text):
      return
        "<details><summary>\(Self.escaped(title))</summary><pre tabindex=\"0\">\(Self.escaped(text))</pre></details>"
    }
  }

  private func figure(_ drawing: Drawing, _ id: String) -> String {
    let numbers = drawing.numbers.map {
      "<details><summary>The numbers of this picture</summary>\(scrolling(Self.table($0), id))</details>"
    }
    return """
      <figure>
      <figcaption id="\(id)-title">\(Self.escaped(drawing.title))</figcaption>
      <div class="picture" tabindex="0" role="img" aria-labelledby="\(id)-title" aria-describedby="\(id)-words">
      \(drawing.picture.svg())</div>
      <p class="words" id="\(id)-words">\(Self.escaped(drawing.words))</p>
      \(numbers ?? "")
      </figure>
      """
  }

  /// A region that scrolls by itself, also by keys; its title stands before it.
  private func scrolling(_ table: String, _ id: String) -> String {
    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"\(id)-title\">\(table)</div>"
  }

  private static func table(_ table: Table) -> String {
    self.table(table.columns, table.rows) { table.isNumeric($0) }
  }

  private static func table(_ columns: [String], _ rows: [[String]], isNumeric: (Int) -> Bool) -> String {
    let classes = columns.indices.map { isNumeric($0) ? " class=\"n\"" : "" }
    // A head without words is none.
    let head = zip(columns, classes).map {
      $0.isEmpty ? "<td\($1)></td>" : "<th scope=\"col\"\($1)>\(escaped($0))</th>"
    }.joined()
    let body = rows.map { row in
      "<tr>" + zip(row, classes).map { "<td\($1)>\(escaped($0))</td>" }.joined() + "</tr>"
    }
    return "<table><thead><tr>\(head)</tr></thead><tbody>\(body.joined(separator: "\n"))</tbody></table>"
  }

  /// The first rows of a table; all of it goes into the stream.
  private func rows(_ table: RowTable, _ id: String) -> String {
    rows.stream.add(table)
    let shown = min(table.count, RowTable.shown)
    let cells = (0..<shown).map { row in table.columns.map { $0.text(row) } }
    let note =
      table.count > shown
      ? "<p class=\"cut\">The first \(shown) of \(Words.grouped(table.count)) rows; the others need the page's script."
        + "</p>" : ""
    return """
      <div class="rows" data-table="\(rows.stream.count - 1)">
      <h3 id="\(id)-title">\(Self.escaped(table.title))</h3>
      \(note)
      \(scrolling(Self.table(table.columns.map(\.title), cells) { table.columns[$0].isNumeric }, id))
      </div>
      """
  }
}
