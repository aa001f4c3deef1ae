package enum HoldOut { package static func contains(_ s: [UInt8], fraction: Double) -> Bool {
  var h: UInt64 = 0xcbf29ce484222325; for b in s { h = (h ^ UInt64(b)) &* 0x100000001b3 }; return Double(h >> 11) * 0x1p-53 < fraction } }
