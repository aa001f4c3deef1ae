/// A way by which a server wants to be told who asks: a value of `WWW-Authenticate`.
package struct HTTPChallenge: Hashable {
  /// In lower case: `basic`, `bearer`.
  package let scheme: String
  /// By their names in lower case.
  package let parameters: [String: String]

  /// The challenges of one header: schemes with parameters, whose quoted values may hold commas.
  package static func all(_ header: String) -> [HTTPChallenge] {
    var result: [HTTPChallenge] = []
    var (scheme, parameters): (String?, [String: String]) = (nil, [:])
    func close() {
      if let scheme { result.append(HTTPChallenge(scheme: scheme, parameters: parameters)) }
      parameters = [:]
    }
    var rest = Substring(header)
    while true {
      rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
      let word = rest.prefix { !" ,=\t".contains($0) }
      if word.isEmpty { break }
      rest = rest.dropFirst(word.count)
      guard rest.first == "=", scheme != nil else {
        close()
        scheme = word.lowercased()
        continue
      }
      rest = rest.dropFirst()
      parameters[word.lowercased()] = value(&rest)
    }
    close()
    return result
  }

  /// A word, or a text in quotation marks, from the front.
  private static func value(_ rest: inout Substring) -> String {
    guard rest.first == "\"" else {
      let word = rest.prefix { !" ,\t".contains($0) }
      rest = rest.dropFirst(word.count)
      return String(word)
    }
    rest = rest.dropFirst()
    var value = ""
    while let letter = rest.popFirst(), letter != "\"" {
      if letter == "\\" { if let next = rest.popFirst() { value.append(next) } } else { value.append(letter) }
    }
    return value
  }
}
