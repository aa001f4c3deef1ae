import Ops
import Tensors

/// The long filters of a Hyena, one for each `groups` features, at every lag.
///
/// Implicit ones are HyenaDNA's (Nguyen et al. 2023). The filter at a lag is a function of t = lag / length and the
/// weights alone, whatever else is in the batch: features [t, cos, -sin of 2 pi f t], `depth` layers of `filter` units
/// with sin(frequency z) (one vector of frequencies for all layers), a map to the filters without bias, and a window
/// exp(-t rate) by feature that is not trained. Sequences longer than `length` go on to t > 1, where the window leaves
/// little; in much shorter ones t stays near 0, where the filter starts out smooth. `length` changes no tensor: with
/// another one the weights go on, their filter stretched over as much of a longer sequence.
///
/// Modal ones are StripedHyena's (Poli et al. 2023): h[lag] = Re sum over n of R_n p_n^lag, with complex residues R and
/// poles p = exp(-softplus(decay) + i angle), which are inside the unit circle whatever is learned. At first decays are
/// log-uniform from 1 / length to 1/2 and angles uniform.
///
/// No tensor of a filter decays by weight decay.
struct LongFilter {
  private enum Form {
    case implicit(layers: [Affine], frequency: Parameter, output: Parameter, bands: Int)
    case modal(Modes)
  }

  private let form: Form
  private let length: Int
  private let groups: Int

  /// Asks for the tensors of a layer's filters, whose names begin with `name`.
  init(_ name: String, _ layer: Layer, _ parameters: inout Parameters) {
    (length, groups) = (layer["length"], layer["groups"])
    let filters = layer.width / groups
    if layer["form"] == 0 {
      let (units, sine) = (layer["filter"], Double(layer["sine"]))
      let layers = (0..<layer["depth"]).map { number in
        parameters.affine("\(name).\(number)", units, number == 0 ? layer["features"] : units, decays: false)
      }
      form = .implicit(
        layers: layers, frequency: parameters.tensor("\(name).frequency", [units], decays: false, .constant(sine)),
        output: parameters.linear("\(name).output", filters, units, decays: false), bands: (layer["features"] - 1) / 2)
      return
    }
    let shape = [layer["modes"], filters]
    let limit = 1 / Double(layer["modes"]).squareRoot()
    form = .modal(
      Modes(
        decay: parameters.tensor(
          "\(name).decay", shape, decays: false,
          .timeSteps(from: 1 / Double(max(length, 4)), to: 0.5, floor: 1e-7)),
        angle: parameters.tensor("\(name).angle", shape, decays: false, .uniform(limit: Double.pi)),
        real: parameters.tensor("\(name).real", shape, decays: false, .uniform(limit: limit)),
        imaginary: parameters.tensor("\(name).imaginary", shape, decays: false, .uniform(limit: limit))))
  }

  /// Floating-point operations of the filters of a layer at `lags` lags: of implicit ones those of the network, of
  /// modal ones 10 for each wave, a complex product for its power and the real part of another.
  static func operations(_ layer: Layer, lags: Int) -> Double {
    let filters = layer.width / layer["groups"]
    if layer["form"] == 1 { return 10 * Double(lags) * Double(layer["modes"]) * Double(filters) }
    let units = layer["filter"]
    return Operations.map(lags, layer["features"], units) + Operations.map(lags, units, filters)
      + Double(layer["depth"] - 1) * Operations.map(lags, units, units)
  }

  /// The long convolution of sequences that go on. Modal filters are recurrences; implicit ones are cut off where the
  /// window of the slowest feature has fallen to a millionth, at 4.5 times the length.
  func continued(_ u: TapeValue, bias: Parameter, on tape: Tape) -> TapeValue {
    switch form {
    case .modal(let modes): tape.continuedConvolution(u, modes: modes, groups: groups, bias: bias)
    case .implicit:
      tape.continuedConvolution(u, most: (9 * length + 1) / 2, bias: bias) { lags($0, on: tape) }
    }
  }

  /// The filters at `count` lags: lags x h.
  func lags(_ count: Int, on tape: Tape) -> TapeValue {
    switch form {
    case .modal(let modes): return tape.repeatColumns(tape.modalFilter(modes, lags: count), times: groups)
    case .implicit(let layers, let frequency, let output, let bands):
      var z = tape.filterFeatures(lags: count, bands: bands, length: length)
      for layer in layers {
        // Precise: the sines multiply what rounding does to their arguments by their frequencies, layer after layer.
        z = tape.sine(tape.linear(z, layer, precise: true), frequency: frequency)
      }
      z = tape.repeatColumns(tape.linear(z, weight: output, precise: true), times: groups)
      return tape.filterWindow(z, FilterWindow(length: length))
    }
  }
}
