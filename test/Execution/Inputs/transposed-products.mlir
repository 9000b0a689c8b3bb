// Products whose result has the left operand's dimension last.
#x = affine_map<(i, j, k) -> (i, k)>
#w = affine_map<(i, j, k) -> (k, j)>
#yt = affine_map<(i, j, k) -> (j, i)>
#bx = affine_map<(b, i, j, k) -> (b, i, k)>
#bw = affine_map<(b, i, j, k) -> (b, k, j)>
#byt = affine_map<(b, i, j, k) -> (j, b, i)>
func.func @main(%x: tensor<70x33xf32>, %w: tensor<33x130xf32>, %bx: tensor<3x17x20xf32>, %bw: tensor<3x20x66xf32>)
    -> (tensor<130x70xf32>, tensor<66x3x17xf32>) {
  %0 = tenon.contract %x, %w {indexing_maps = [#x, #w, #yt]} : (tensor<70x33xf32>, tensor<33x130xf32>) -> tensor<130x70xf32>
  %1 = tenon.contract %bx, %bw {indexing_maps = [#bx, #bw, #byt]} : (tensor<3x17x20xf32>, tensor<3x20x66xf32>) -> tensor<66x3x17xf32>
  return %0, %1 : tensor<130x70xf32>, tensor<66x3x17xf32>
}
