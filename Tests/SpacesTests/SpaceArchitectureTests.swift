import Blocks
import Spaces
import Testing

/// Checks that `text` parses to a value whose text is `canonical` and whose id is `id`.
private func check(
  _ text: String, canonical: String? = nil, id: String? = nil, _ location: SourceLocation = #_sourceLocation
) throws {
  let architecture = try Architecture(parsing: text)
  #expect(architecture.text == canonical ?? text, sourceLocation: location)
  #expect(architecture.id == id ?? canonical ?? text, sourceLocation: location)
  #expect(try Architecture(parsing: architecture.text) == architecture, sourceLocation: location)
}

@Test func `an architecture has one canonical text`() throws {
  try check("h64-h128-t256-c512")
  try check("c1")
  try check("c64(kernel=5,dilation=2)-t128", canonical: "c64(dilation=2,kernel=5)-t128", id: "c64-t128~da434fcb")
  try check("c64(kernel=9)-t128(heads=2,inner=512)", canonical: "c64-t128")
  try check("t64(heads=1)", canonical: "t64")
  try check("t96(heads=2)", id: "t96~423918e3")
  try check("m64(state=16,expand=2,conv=4)-h32(length=1024)", canonical: "m64-h32")
  try check("l8192")
  try check("t64(mlp=gelu,norm=layer)", canonical: "t64")
  try check("m64(mlp=swiglu,norm=layer)-p64(form=max)", id: "m64-p64~5715a373")
  try check("t64(inner=176,mlp=gated)", canonical: "t64(mlp=gated)", id: "t64~c8cc0485")
  try check("e32-t64", id: "e32-t64")
  try check("e32(stem=9)-g64", id: "e32-g64~bb6ca8c9")
  try check("preset:caduceus-ph-118", canonical: "e118-m118-m118-m118-m118")
}

@Test func `architectures of other options have other ids`() throws {
  let a = try Architecture(parsing: "c64(kernel=5)"), b = try Architecture(parsing: "c64(kernel=7)")
  #expect(a.id != b.id)
  let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789~-")
  #expect((a.id + b.id).allSatisfy(allowed.contains))
}

/// Checks that `text` is refused at `offset` with `message`.
private func refuse(_ text: String, at offset: Int, _ message: String, _ location: SourceLocation = #_sourceLocation) {
  do {
    let architecture = try Architecture(parsing: text)
    Issue.record("\(text) parsed as \(architecture)", sourceLocation: location)
  } catch {
    #expect(error.offset == offset, sourceLocation: location)
    #expect(error.description == message, sourceLocation: location)
  }
}

@Test func `bad texts of architectures are explained`() {
  refuse("", at: 0, "an architecture needs at least one layer, as in h64-t128")
  refuse("x64", at: 0, "unknown module letter 'x': one of c, l, t, m, h, g, p")
  refuse("c64-é128", at: 4, "unknown module letter 'é': one of c, l, t, m, h, g, p")
  refuse("c64-", at: 4, "a layer must begin with its module's letter: c, l, t, m, h, g, p")
  refuse("64", at: 0, "a layer must begin with its module's letter: c, l, t, m, h, g, p")
  refuse("c-t64", at: 1, "module cnn needs a width, as in c64")
  refuse("c0", at: 1, "width 0 is not in 1...8192")
  refuse("c064", at: 1, "width 064 is not in 1...8192")
  refuse("c64-t8193", at: 5, "width 8193 is not in 1...8192")
  refuse("c99999999999999999999", at: 1, "width 99999999999999999999 is not in 1...8192")
  refuse("c64 t64", at: 3, "unexpected ' ': layers are joined by -")
  refuse("c64(kernal=5)", at: 4, "module cnn has no option kernal: did you mean kernel?")
  refuse("c64(heads=5)", at: 4, "module cnn has no option heads: one of dilation, groups, inner, kernel, mlp, norm")
  refuse("l64(cells=5)", at: 4, "module lstm has no option cells: one of inner, mlp, norm")
  refuse("l64(mlp)", at: 7, "option mlp needs one of none, gelu, gated, swiglu, dense")
  refuse("l64(mlp=2)", at: 8, "option mlp needs one of none, gelu, gated, swiglu, dense")
  refuse("l64(norm=root)", at: 9, "norm 'root' is none of layer, rms")
  refuse("l64(inner=9)", at: 0, "option inner of module 'lstm' is of an MLP, and mlp=none has no inner width")
  refuse(
    "h64(form=modal,sine=2)", at: 0, "option sine of module 'hyena' belongs to form=implicit")
  refuse("h64(groups=3)", at: 0, "hyena width 64 cannot be divided into groups of 3")
  refuse(
    "t64(rope=0,stretch=2)", at: 0, "option stretch of module 'transformer' is of rotary positions, and rope=0 has none"
  )
  refuse("e-c64", at: 1, "an embedding needs a width, as in e64")
  refuse("e64(taps=3)-c64", at: 4, "an embedding has one option, stem, as in e128(stem=9)")
  refuse("e64", at: 3, "unexpected end: layers are joined by -")
  refuse(
    "preset:convnova-12", at: 7,
    "there is no preset 'convnova-12' (did you mean convnova-128?): 'bioarc architectures' lists them")
  refuse("c64()", at: 4, "unexpected ')': options are written as name=number")
  refuse("c64(kernel)", at: 10, "option kernel needs a whole number, as in kernel=2")
  refuse("c64(kernel=-1)", at: 11, "option kernel needs a whole number, as in kernel=2")
  refuse("c64(kernel=256)", at: 11, "kernel 256 is not in 1...255")
  refuse("c64(kernel=3,kernel=5)", at: 13, "option kernel is given twice")
  refuse("c64(kernel=3", at: 12, "unexpected end: options end with )")
  refuse("c64(kernel=3;dilation=2)", at: 12, "unexpected ';': options end with )")
  refuse(
    "c64-t96", at: 4,
    "transformer width 96 is not a multiple of 64: choose one, or state the heads, as in t96(heads=2)")
  refuse("t64(heads=5)", at: 0, "transformer width 64 cannot be divided into 5 heads")
  refuse("t64(heads=64)", at: 0, "transformer heads of 1 features: rotary positions need an even number")
  refuse("l65", at: 0, "lstm width 65 is odd: its two directions have half each")
  refuse("h64(features=4)", at: 0, "hyena features 4 is even: one time feature and pairs of waves make an odd number")
  refuse("c64(groups=5)", at: 0, "cnn width 64 cannot be divided into 5 groups")
  let deep = Array(repeating: "c8", count: 65).joined(separator: "-")
  refuse(deep, at: 0, "65 layers; an architecture has at most 64")
}

@Test func `paths count the parameters of their blocks`() throws {
  let path = try Architecture(parsing: "c64-t128")
  let blocks = path.blocks(embeddingWidth: 32)
  #expect(blocks.map(\.name) == ["0.cnn.32-64", "1.transformer.64-128"])
  #expect(path.parameters(embedding: Embedding(width: 32)) == blocks[0].parameters() + blocks[1].parameters() + 256)
  #expect(
    path.parameters(embedding: Embedding(width: 32), vocabulary: 10) == path.parameters(embedding: Embedding(width: 32))
      + 320)
}

@Test func `a module is a kind with options`() throws {
  #expect(try Module(parsing: "hyena") == Module(.hyena))
  #expect(try Module(parsing: "h(form=modal,mlp=gated)").text == "hyena(form=modal,mlp=gated)")
  #expect(try Module(parsing: "cnn(dilation=4)").layer(width: 8).text == "c8(dilation=4)")
  for text in ["", "cn", "hyena64", "cnn(", "cnn(dilation=0)", "cnn()x"] {
    #expect(throws: ArchitectureFinding.self) { _ = try Module(parsing: text) }
  }
}

@Test func `a receptive field follows from the layers`() throws {
  let expected: [(String, Int?)] = [
    ("c8", 9), ("c8(kernel=3)-c8(kernel=3)", 5), ("c8-l8", nil), ("c8-t8", nil), ("m8", nil), ("h8", nil),
    ("t8(window=5)-c8(kernel=3)", 13), ("preset:convnova-128", 193), ("preset:convnova-64", 101),
    ("c8(kernel=3)-p8(factor=4)-c8(kernel=3)", 3 + 3 + 8), ("e8(stem=5)-c8(kernel=1)", 5),
  ]
  for (text, field) in expected { #expect(try Architecture(parsing: text).receptiveField() == field, "\(text)") }
  #expect(try Architecture(parsing: "t8(window=5)").receptiveField(causal: true) == 6)
}

@Test func `an architecture knows whether anything tells its tokens their places`() throws {
  let expected = [
    ("t16(rope=0)", false), ("t16(rope=0)-p16", false), ("t16", true), ("t16(rope=0,window=4)", true),
    ("t16(rope=0)-c16", true), ("e16(stem=3)-t16(rope=0)", true),
  ]
  for (text, knows) in expected { #expect(try Architecture(parsing: text).knowsPlaces == knows, "\(text)") }
}
