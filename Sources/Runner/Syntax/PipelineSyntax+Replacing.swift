package import Artifacts

extension PipelineSyntax.File {
  private var terms: [Term] {
    [root, path, url, sha256, result, output, kind, format].compactMap { $0 } + options.map(\.value)
  }

  /// Whether a part of it refers to something.
  package func mentions(_ reference: Reference) -> Bool { terms.contains { $0.mentions(reference) } }

  /// The file with a value in place of a reference.
  package func replacing(_ reference: Reference, by value: Value) -> Self {
    var file = self
    file.root = root?.replacing(reference, by: value)
    file.path = path?.replacing(reference, by: value)
    file.url = url?.replacing(reference, by: value)
    file.sha256 = sha256?.replacing(reference, by: value)
    file.result = result?.replacing(reference, by: value)
    file.output = output?.replacing(reference, by: value)
    file.kind = kind?.replacing(reference, by: value)
    file.format = format?.replacing(reference, by: value)
    file.options = options.map { ($0.name, $0.value.replacing(reference, by: value)) }
    return file
  }
}

extension Term {
  fileprivate func mentions(_ reference: Reference) -> Bool {
    switch content {
    case .reference(let other): other == reference
    case .list(let terms): terms.contains { $0.mentions(reference) }
    case .value, .broken: false
    }
  }

  fileprivate func replacing(_ reference: Reference, by value: Value) -> Term {
    switch content {
    case .reference(reference): Term(.value(value), at: span, use: use)
    case .list(let terms): Term(.list(terms.map { $0.replacing(reference, by: value) }), at: span, use: use)
    case .reference, .value, .broken: self
    }
  }
}
