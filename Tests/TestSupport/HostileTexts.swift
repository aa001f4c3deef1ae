/// Texts that somebody may give for a label, a header or a message, to break out of a page or to make it look like
/// another: 200 of them.
package enum HostileTexts {
  package static let all: [String] = {
    let acts = ["window.pwned=1", "window['pwned']=1", "top.pwned=1", "self.pwned=1", "globalThis.pwned=1"]
    let frames: [(String) -> String] = [
      { "</script><script>\($0)</script>" }, { "<script>\($0)</script>" }, { "<img src=x onerror=\($0)>" },
      { "\"><svg onload=\($0)>" }, { "'><svg/onload=\($0)>" }, { "<svg><script>\($0)</script></svg>" },
      { "\" onmouseover=\"\($0)" }, { "' autofocus onfocus='\($0)" }, { "javascript:\($0)" },
      { "<a href=\"javascript:\($0)\">a</a>" }, { "<iframe srcdoc=\"<script>parent.\($0)</script>\">" },
      { "<body onload=\($0)>" }, { "</title><script>\($0)</script>" }, { "</style><script>\($0)</script>" },
      { "<!--<script>\($0)</script>-->" }, { "--><script>\($0)</script>" }, { "]]><script>\($0)</script>" },
      { "<math><mtext><script>\($0)</script></mtext></math>" }, { "<details open ontoggle=\($0)>" },
      { "<template><script>\($0)</script></template>" }, { "<style>*{}</style><script>\($0)</script>" },
      { "<object data=\"data:text/html,<script>\($0)</script>\">" }, { "{{constructor.constructor('\($0)')()}}" },
      { "${\($0)}" }, { "</table></td><script>\($0)</script>" }, { "</pre></details><img src onerror='\($0)'>" },
      { "&lt;script&gt;\($0)&lt;/script&gt;" }, { "&#60;script&#62;\($0)&#60;/script&#62;" },
      { "\\u003cscript\\u003e\($0)\\u003c/script\\u003e" }, { "<ScRiPt\n>\($0)</sCrIpT\t>" },
      { "<script/x>\($0)</script>" }, { "\u{0}<script>\($0)</script>" }, { "<scr\u{0}ipt>\($0)</script>" },
      { "+ADw-script+AD4-\($0)+ADw-/script+AD4-" },
    ]
    let controls = (UInt8(1)..<32).map { "a\(Character(Unicode.Scalar($0)))b" } + ["a\u{7F}b", "a\u{85}b", "a\u{9F}b"]
    let turned = ["\u{202E}", "\u{202D}", "\u{2066}", "\u{2067}", "\u{200F}", "\u{061C}"].map { "\($0)gpj.exe" }
    let others = [
      "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "a\r\nb", "\"", "'", "`", "&", "<", ">", "&amp;",
      "\\",
      "\u{FEFF}bom", "e\u{301}\u{301}\u{301}\u{301}", "\u{2028}line", "\u{1F469}\u{200D}\u{1F52C}", "../../etc/passwd",
      String(repeating: "<b>", count: 1000),
    ]
    let attacks = frames.flatMap { frame in acts.map(frame) }
    return Array((controls + turned + others + attacks).prefix(200))
  }()

  /// A label of a megabyte.
  package static let long = String(repeating: "long<&>\"' ", count: 100_000)
}
