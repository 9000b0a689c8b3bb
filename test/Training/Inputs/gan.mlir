// A GAN on points of the plane (Goodfellow et al., 2014): two steps over shared parameters, each of which trains its own.
tenon.state @g.w1 trained = dense<[[4.70858e-01, -6.98289e-01, -3.39857e-01, 1.85252e-01, -5.08174e-01, -3.60600e-02, 8.95982e-02, -4.15550e-01, -6.54519e-01, 9.69439e-02, 4.96625e-01, -3.23491e-01, -1.66834e-01, 8.22836e-01, -2.79445e-01, -2.57078e-01, 1.20206e+00, -7.65541e-01, 3.98233e-01, -1.00182e+00, -2.98481e-01, 7.51840e-01, 6.10718e-01, -4.50560e-01, -2.26849e-01, 4.01165e-02, -6.29052e-01, 2.76110e-01, 1.11379e+00, -6.77621e-01, -9.90767e-01, 1.44122e-01], [-5.95617e-02, 9.02165e-01, -8.01811e-02, -2.53299e-02, -9.54369e-02, -4.95303e-01, 3.36515e-01, -6.62041e-01, 5.83245e-01, 4.18809e-03, 2.51815e-01, -2.76382e-01, -4.60097e-01, 9.00132e-01, 2.34275e-01, 6.03502e-01, 9.35614e-02, 1.30580e+00, 1.78750e-01, -5.14902e-01, 3.84255e-01, 2.12650e-01, -1.16057e+00, -5.79521e-02, 4.90100e-01, 4.00583e-01, -1.69718e-01, -6.06312e-01, 2.45647e-01, -5.72914e-01, 6.62339e-01, -1.53134e-01], [-4.62410e-01, -2.83833e-01, -4.05444e-01, -2.80359e-01, -3.68192e-01, -1.89504e-01, 1.19485e-01, 2.98445e-01, -5.55122e-01, -4.75769e-01, -2.14576e-01, 3.18728e-02, 4.88647e-02, -1.02199e+00, 8.52014e-01, -4.45097e-01, 9.08494e-01, -6.76128e-01, -4.82086e-01, -1.25717e-01, -1.11338e-01, -3.85789e-01, 3.67448e-01, -9.01017e-01, 5.27529e-01, -4.08986e-01, 6.25800e-01, -2.04357e-01, -6.99528e-01, 2.24557e-01, 1.11509e+00, -2.62235e-02], [5.57425e-02, -1.99687e-01, -4.38264e-01, -3.75663e-01, -6.60358e-01, -7.04516e-01, 3.54690e-02, 8.10046e-01, 2.61548e-01, 2.36894e-01, 1.24301e-01, -4.32070e-01, 9.26566e-02, -2.10791e-01, 4.68778e-01, 6.15115e-01, 6.26871e-01, 1.83123e-01, 5.21878e-01, -3.31120e-01, -4.91358e-02, -1.05430e-01, -4.51503e-01, -5.12129e-01, -4.42481e-01, -2.28803e-01, -9.61487e-01, 1.02208e+00, 1.01858e-01, 2.37052e-02, 3.10253e-01, -7.75201e-02]]> : tensor<4x32xf32>
tenon.state @g.b1 trained = dense<[4.89628e-02, 4.82876e-02, 7.37050e-02, -2.23272e-01, 1.04228e-01, 1.50227e-02, 6.23376e-02, 4.61949e-02, 2.62996e-02, 1.41880e-01, -3.71609e-02, 5.09494e-02, -2.83387e-02, -6.47619e-04, 2.40135e-01, 1.76601e-01, 2.94834e-02, 8.95063e-02, -2.20232e-02, -1.89627e-01, 5.31129e-02, -2.98622e-02, -1.21776e-01, -2.30487e-01, 1.40296e-01, 5.35693e-02, 5.16578e-02, -7.55776e-02, -5.82076e-04, 1.34780e-01, -5.79648e-02, 2.19805e-02]> : tensor<32xf32>
tenon.state @g.w2 trained = dense<[[-3.03248e-01, 5.46440e-02], [-3.24425e-01, -1.50459e-01], [-1.06195e-01, 2.61257e-01], [1.19353e-01, -1.94324e-01], [-4.40622e-02, -1.76380e-02], [-1.43635e-02, -2.71065e-01], [2.33649e-01, 6.89915e-02], [4.59964e-02, 7.40776e-01], [-1.48087e-01, 1.97943e-01], [-4.60544e-01, 5.62426e-01], [-2.78848e-01, -3.11319e-01], [-6.37251e-02, -2.90393e-01], [-3.73780e-01, 2.22902e-01], [1.96062e-01, 1.87773e-03], [-1.12261e-01, 1.91462e-01], [-1.90213e-01, -2.22426e-01], [2.75633e-01, -2.74170e-01], [-2.61389e-01, 1.55904e-01], [-9.30710e-02, -2.98059e-01], [-4.86723e-02, -7.90864e-02], [-2.18837e-01, 7.82395e-02], [2.01347e-01, 3.07305e-01], [-3.83933e-01, 3.07852e-02], [2.14496e-02, -6.22170e-01], [-2.59328e-01, 8.83045e-03], [-5.34152e-01, 1.12746e-01], [3.88134e-01, -3.88054e-01], [4.39873e-01, 1.07148e+00], [-8.39535e-02, -9.29522e-02], [-1.35055e-01, -8.72359e-01], [-3.68649e-01, 2.61462e-01], [-8.39881e-02, 1.90213e-01]]> : tensor<32x2xf32>
tenon.state @g.b2 trained = dense<[-1.40073e-03, -6.72643e-03]> : tensor<2xf32>
tenon.state @d.w1 trained = dense<[[3.78669e-01, -7.70123e-01, 2.87804e-01, 2.03041e-01, -8.42227e-01, -1.14805e+00, -3.63313e-01, 1.90568e+00, 1.10990e+00, 8.08316e-01, -2.29715e-01, 1.74296e-01, -1.18916e-01, 7.59645e-01, 3.65851e-01, -1.34258e+00, 5.67847e-01, 6.31354e-01, -3.77322e-01, -5.24750e-01, 3.91901e-01, -4.07659e-01, 2.00328e-01, 2.34862e-02, -3.75965e-01, -8.12130e-01, 1.56037e+00, -5.45182e-01, 1.73044e-01, -1.10044e-01, -5.91563e-03, -1.08821e+00], [-6.19046e-01, -9.15368e-01, 8.19564e-01, -5.74384e-01, -6.05123e-01, 6.24837e-01, 2.43746e-01, 8.98614e-01, 3.99935e-01, 2.23805e-02, -6.18501e-01, 1.07011e+00, -1.25078e-01, -6.23678e-01, -1.47555e-01, -1.39505e-01, 1.02163e+00, 1.69960e+00, -1.72459e-01, 6.79998e-01, -5.56537e-01, -1.74988e-01, -5.13322e-01, 7.11994e-02, 4.20350e-01, 1.31507e-01, -2.65572e-01, -3.87337e-02, -5.12641e-01, 3.57080e-01, -2.75421e-01, 1.63535e-01]]> : tensor<2x32xf32>
tenon.state @d.b1 trained = dense<[9.51927e-02, -6.15435e-02, 1.47762e-01, -2.30115e-01, -6.33917e-02, 9.49995e-02, -3.28429e-02, -1.00212e-01, -5.21930e-02, 1.54330e-01, 1.76934e-01, -1.38316e-01, -6.78683e-02, -6.93705e-02, 1.40907e-01, -2.27165e-02, 3.85165e-02, 1.69080e-02, -2.91140e-05, -3.55263e-02, 9.99341e-02, 4.93368e-03, -1.08328e-01, -1.29966e-02, -1.32266e-01, 9.47455e-03, -4.50707e-02, -9.47007e-02, -2.02198e-01, 2.19894e-01, -1.18750e-02, 1.72857e-01]> : tensor<32xf32>
tenon.state @d.w2 trained = dense<[[-2.56705e-01], [1.18399e-01], [5.51244e-01], [2.33863e-01], [-1.92481e-01], [-6.18804e-01], [-4.30288e-01], [1.35007e-01], [2.21719e-01], [2.05369e-01], [2.33613e-02], [8.48331e-02], [1.98147e-01], [-6.71998e-02], [1.20791e-01], [1.58490e-01], [-2.71766e-01], [2.61604e-01], [5.21840e-01], [7.31063e-01], [1.69075e-01], [-1.81402e-02], [-3.75974e-01], [2.52392e-01], [2.52220e-01], [-2.43937e-01], [2.29561e-01], [-1.31808e-01], [-3.52517e-01], [3.45342e-03], [-9.70123e-02], [-1.76644e-01]]> : tensor<32x1xf32>
tenon.state @d.b2 trained = dense<[-5.42080e-02]> : tensor<1xf32>

func.func @discriminator(%real: tensor<64x2xf32> {tenon.name = "real"}, %noise: tensor<64x4xf32> {tenon.name = "noise"}) -> (tensor<f32> {tenon.name = "loss"})
    attributes {tenon.step = #tenon.step<"discriminator", <"adam", {lr = 5.0e-3 : f64, beta1 = 5.0e-1 : f64}>, parameters = ["d.*"], frozen = [], clip_norm = 0.0 : f64>} {
  %gw1 = tenon.get_state @g.w1 : tensor<4x32xf32>
  %gb1 = tenon.get_state @g.b1 : tensor<32xf32>
  %gp1 = tenon.contract %noise, %gw1 {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} : (tensor<64x4xf32>, tensor<4x32xf32>) -> tensor<64x32xf32>
  %gs1 = tenon.add %gp1, %gb1 : (tensor<64x32xf32>, tensor<32xf32>) -> tensor<64x32xf32>
  %gt = tenon.tanh %gs1 : tensor<64x32xf32> -> tensor<64x32xf32>
  %gw2 = tenon.get_state @g.w2 : tensor<32x2xf32>
  %gb2 = tenon.get_state @g.b2 : tensor<2xf32>
  %gp2 = tenon.contract %gt, %gw2 {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} : (tensor<64x32xf32>, tensor<32x2xf32>) -> tensor<64x2xf32>
  %gs2 = tenon.add %gp2, %gb2 : (tensor<64x2xf32>, tensor<2xf32>) -> tensor<64x2xf32>
  %rw1 = tenon.get_state @d.w1 : tensor<2x32xf32>
  %rb1 = tenon.get_state @d.b1 : tensor<32xf32>
  %rp1 = tenon.contract %real, %rw1 {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} : (tensor<64x2xf32>, tensor<2x32xf32>) -> tensor<64x32xf32>
  %rs1 = tenon.add %rp1, %rb1 : (tensor<64x32xf32>, tensor<32xf32>) -> tensor<64x32xf32>
  %rt = tenon.tanh %rs1 : tensor<64x32xf32> -> tensor<64x32xf32>
  %rw2 = tenon.get_state @d.w2 : tensor<32x1xf32>
  %rb2 = tenon.get_state @d.b2 : tensor<1xf32>
  %rp2 = tenon.contract %rt, %rw2 {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} : (tensor<64x32xf32>, tensor<32x1xf32>) -> tensor<64x1xf32>
  %rs2 = tenon.add %rp2, %rb2 : (tensor<64x1xf32>, tensor<1xf32>) -> tensor<64x1xf32>
  %fw1 = tenon.get_state @d.w1 : tensor<2x32xf32>
  %fb1 = tenon.get_state @d.b1 : tensor<32xf32>
  %fp1 = tenon.contract %gs2, %fw1 {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} : (tensor<64x2xf32>, tensor<2x32xf32>) -> tensor<64x32xf32>
  %fs1 = tenon.add %fp1, %fb1 : (tensor<64x32xf32>, tensor<32xf32>) -> tensor<64x32xf32>
  %ft = tenon.tanh %fs1 : tensor<64x32xf32> -> tensor<64x32xf32>
  %fw2 = tenon.get_state @d.w2 : tensor<32x1xf32>
  %fb2 = tenon.get_state @d.b2 : tensor<1xf32>
  %fp2 = tenon.contract %ft, %fw2 {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} : (tensor<64x32xf32>, tensor<32x1xf32>) -> tensor<64x1xf32>
  %fs2 = tenon.add %fp2, %fb2 : (tensor<64x1xf32>, tensor<1xf32>) -> tensor<64x1xf32>
  %lrn = tenon.neg %rs2 : tensor<64x1xf32> -> tensor<64x1xf32>
  %lrsp = tenon.softplus %lrn : tensor<64x1xf32> -> tensor<64x1xf32>
  %lrm = tenon.reduce mean %lrsp axes [0, 1] : tensor<64x1xf32> -> tensor<f32>
  %lfsp = tenon.softplus %fs2 : tensor<64x1xf32> -> tensor<64x1xf32>
  %lfm = tenon.reduce mean %lfsp axes [0, 1] : tensor<64x1xf32> -> tensor<f32>
  %loss = tenon.add %lrm, %lfm : (tensor<f32>, tensor<f32>) -> tensor<f32>
  return %loss : tensor<f32>
}

func.func @generator(%noise: tensor<64x4xf32> {tenon.name = "noise"}) -> (tensor<f32> {tenon.name = "loss"}, tensor<64x2xf32> {tenon.name = "points"})
    attributes {tenon.step = #tenon.step<"generator", <"adam", {lr = 5.0e-3 : f64, beta1 = 5.0e-1 : f64}>, parameters = ["g.*"], frozen = [], clip_norm = 0.0 : f64>} {
  %gw1 = tenon.get_state @g.w1 : tensor<4x32xf32>
  %gb1 = tenon.get_state @g.b1 : tensor<32xf32>
  %gp1 = tenon.contract %noise, %gw1 {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} : (tensor<64x4xf32>, tensor<4x32xf32>) -> tensor<64x32xf32>
  %gs1 = tenon.add %gp1, %gb1 : (tensor<64x32xf32>, tensor<32xf32>) -> tensor<64x32xf32>
  %gt = tenon.tanh %gs1 : tensor<64x32xf32> -> tensor<64x32xf32>
  %gw2 = tenon.get_state @g.w2 : tensor<32x2xf32>
  %gb2 = tenon.get_state @g.b2 : tensor<2xf32>
  %gp2 = tenon.contract %gt, %gw2 {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} : (tensor<64x32xf32>, tensor<32x2xf32>) -> tensor<64x2xf32>
  %gs2 = tenon.add %gp2, %gb2 : (tensor<64x2xf32>, tensor<2xf32>) -> tensor<64x2xf32>
  %fw1 = tenon.get_state @d.w1 : tensor<2x32xf32>
  %fb1 = tenon.get_state @d.b1 : tensor<32xf32>
  %fp1 = tenon.contract %gs2, %fw1 {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} : (tensor<64x2xf32>, tensor<2x32xf32>) -> tensor<64x32xf32>
  %fs1 = tenon.add %fp1, %fb1 : (tensor<64x32xf32>, tensor<32xf32>) -> tensor<64x32xf32>
  %ft = tenon.tanh %fs1 : tensor<64x32xf32> -> tensor<64x32xf32>
  %fw2 = tenon.get_state @d.w2 : tensor<32x1xf32>
  %fb2 = tenon.get_state @d.b2 : tensor<1xf32>
  %fp2 = tenon.contract %ft, %fw2 {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} : (tensor<64x32xf32>, tensor<32x1xf32>) -> tensor<64x1xf32>
  %fs2 = tenon.add %fp2, %fb2 : (tensor<64x1xf32>, tensor<1xf32>) -> tensor<64x1xf32>
  %lgn = tenon.neg %fs2 : tensor<64x1xf32> -> tensor<64x1xf32>
  %lgsp = tenon.softplus %lgn : tensor<64x1xf32> -> tensor<64x1xf32>
  %lgm = tenon.reduce mean %lgsp axes [0, 1] : tensor<64x1xf32> -> tensor<f32>
  return %lgm, %gs2 : tensor<f32>, tensor<64x2xf32>
}
