import Labelled
import TestSupport
import Testing

/// Every file of `Goldens/bad` is refused with the message in the file `.expected` beside it. A folder is a GUE task.
@Test func `bad tables give their messages`() throws {
  let goldens = GoldenFolder()
  #expect(try goldens.bad.count >= 10)
  for name in try goldens.bad {
    let difference = try goldens.difference(bad: name) {
      guard name.hasPrefix("gue-") else {
        _ = try TableReader.read(goldens.bad(name), file: name, options: TableOptions(labelColumn: "label"))
        return
      }
      var reader = LabelledReader(folder: name)
      for (index, file) in LabelledReader.files.enumerated() {
        try goldens.bad("\(name)/\(file)").withUnsafeBytes { reader.push(index, $0) }
      }
      _ = try reader.finish()
    }
    #expect(difference == nil)
  }
}

/// No bytes crash a reader: every table is read, or gives errors.
@Test func `damaged tables never crash the reader`() throws {
  var random = RandomNumbers(seed: seed)
  let file = bytes("sequence,label\nACGT,1\n\"AC\",0\nGG,1\n")
  let options = TableOptions(labelColumn: "label")
  let accepted = (0..<500).count { _ in
    (try? TableReader.read(random.damaged(file), file: "f", options: options)) != nil
  }
  #expect(accepted > 0, "seed \(seed)")
}
