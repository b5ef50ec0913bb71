#include "hal/sim/test_keys.h"

#include "absl/status/status.h"
#include "absl/strings/escaping.h"

// Keys of nobody, made for tests alone.
namespace jpkid::hal::sim {
namespace {

constexpr const char* kRsaKeys[] = {
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDbVL6sIxDrzCfHakkSgsDN64Sf2ZHD1d/Sk8AtbfRC"
    "tWNo3PknlDp4pHFSLxr7f4eO9nh5F9dGkQ/1L728VTh32n+cc0cRCsETBS+qtNXW/XYHAUvt5paI2FhRlejKptKm+oaF"
    "F78I/mkaG5VkunkNTNnetZJJeaHlgQPSRdtl2maVxm1WDJcnkjlEoo9cEPxUWdXDM+/LiR4aExh6gTwGI+jVYxDn+Tnn"
    "kaGZEo9nZgUC8h6RwpHKcPFup+IDCbM7R3e6fYWbpX104waAakPxJU6xo5XKp1AZzTcRLlcKneygI/o51lZKIwzP1S9L"
    "VNqrLNKu+dyDM9GyETg32+EBAgMBAAECggEAC+XZWI7n6XSoEUMgnuSRJzKAHahApiQVWc/aSFSbQB2lHICFMwqRT+9S"
    "tuO3hd5ViRGxeBctHka6/ADYnO1uDGFh1Ae0WpYv4lNhEjRwV7Lk6s0dFHUSZC7BPr7AM7MQQQ7cyn4+5pLfenM129Ka"
    "Q7iQJorIulvi5odkwMy5kbkpHApNi55WAM88k4HN/GOeTT8HTAda18lxkEC6MgGvT2PF3k3avYHgRPJ15HVei+TfwTZ/"
    "QTjtS54EIvU5cn3hkPXRxwaSUtlGTQoB5OTkRqC74xxMEqzHb0WYt7NpT30OMVweW+VvyTidVf07zVBUWwliuybQ8aJI"
    "FOoZZjBD4QKBgQD9r67TmsGdX95yPry9QaoulNiaWj1EfXz+PtqYjyTye8TOJqSPx049zW5bjV9hu7OKU0sIP5MiVAWI"
    "2CPtjpZeU8pntVx9GPuDAdRj7Jkk9bgAwKtYJBpJ8T9WDOzDms6TTCmwPfheevya8lCv/AWoamuftTHeyJMrsjrP3Ezd"
    "MQKBgQDdVNkQU54sSvBan5T5MuwKxrV69B5UBSUYYVodDXTNKsYhT5Pc8I7GABJ0AImn8Mb7ZT2UKJG1QPwS4/PtIWRN"
    "/mwrHY9TULEdSb85J5y48cJT4ltNd68ROeEKcfqqHiJ86lq/NoYc/YWeQpzg15p4HrsvY/2c3OV9wmasK00M0QKBgQDb"
    "6av4K7OjpTPEfbZHqeDJOKb8RzXNZasxC3ObxJsWyUw2GTGWogOld6wvGUKSCpD9XG8y20nE/Gk/035xtKWNZ72SYZmn"
    "qDx/uNpRNQ0dCRVVMbBXXBSd/NAW3GVyu4RQFDofWdkwrhTEjUJ9DFArSvW5IO32XpGV049AGY1YQQKBgH7cbz5Ib1T7"
    "7yBCb+UWJu1WUBcVbXzDJiv/QON+HwCqD75wGlR9HZin2evbkwtLmwHlWZJeXoYBpXo+ZkX46cE6n01nOAuNKLec2Zos"
    "9kubZsMl7ydL/nBlOHQAOKjhdOsceL84xU5AkiHQFJNbgRJwquHS8j7C7ldS4f61IwjBAoGBAIW+oagCuOHmqdeHOxfJ"
    "NlOa3Nz3EI2w/zcCofnSapb+nwqw0l0JWwsuwiqRCnbPmEkKcCXeQliy2Crv/qvOWfCKFnjxaZmp4JLyFfLtP20/uowp"
    "V3FhUV0OK1X2pSDOZaBP06wWzaBcMp3/CBpT23NzFAJbdxPCn46O9zvqFBqy",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDeXzgBod3vvEIwJqmpdJmNu244A9MREm6rCCaLDI6R"
    "bvDDPLWQik27UEyTe6t0CR77Iq3Jlskf3eAigVAc8deEz8rqAJNNNS2h6qrSsD+/Zqp0SUHsspg/LE8qdai2Kfd0v2Lm"
    "ZLOyxqzgjm6KbjC6WX2+G+hW/pSRxdRKSjcjyPxhm9nyWzWdbOd6q5wZbE6ms6Ar+4dVUQwqSOzerxRbhNGJY+uR40Nl"
    "18KpUD+iOtEsDWJCHAW9fcGm3bBIwzChPyXudHSB+obTlnbQR+152NqCNyuqgnhpr5nTMQhnhGC/wvq/EHD5nhZ35120"
    "KA1t6WR6oCABEML9gczVVYRLAgMBAAECggEAJOgz1kgvGtN+6W6j+R0s69JLEZ6c4OKoyIKCodBp4dHCbFJT+33g4du1"
    "d0Lu1W7lcUleWQIe4RxE+iUb4/nwSw7mft5X6a1k+fswnTr7EZbbZ+UivRjKiQL0eWJsJ8kg/4OmSVaMYU8f2+iiiHTl"
    "FIC24cnQTuP+SjrF0wtXSdJfU8kjVFouSZ/kxYPmpog/KOJiQM7XNM2IZGcaL/02E6T1MuaQFGwtW9Zgu/7uVNNXz36a"
    "DQBf5Wtf9vyiNgZMbX+DrcYGr3H/vrNF6MZdyxIb/HlAky5MK1zkndVPlvzcPWYCEatGo5/J7fHFullS8BZcwKOEJA1Q"
    "5y6w8geoVQKBgQD+MlEFPtj7l9ouVCTX5eepHbKtX56fyWl+9kk18z/r/Tf5gl2jS/NR+PSp6GOQKA06UmF4qsj52ZwG"
    "9fbLZuz4ve5GD3NIWmSOL3qDT9iRIFa0iDp7OQmJsfqwoTWZauOMAdh5Mht2/2k7GedrybSc+7OvBJgDBCO8MkKjBAui"
    "NwKBgQDf8xnZxvrt5pCRecN++BbjVh9tegmMkgalMPeDojGpZMKGduUC6Q5aKn7gcqM1KDId3J+WLL/XhkZHnQMXxCaA"
    "ykeF1kOfQ4Kk45mMyJusMgijDd92/JoQ80AIrjNWEEIQUOTBnTY9ug3gegylbSeCwUQ25AzTVfk/GEvDfNY0jQKBgD8r"
    "BdNF4On0vHVS160HJuBxztsireqLRLoWPe84OaRNUsGgUeComRi/wx0N8N/78/2QR0STPEpKd2mLaf713uGZYULrx/ws"
    "6lwjFFDZYLn/zUwjplTEwcgEAIYwKX+sfktmkgLcHtMdeWsEbuvsPgPc0LQnchcdyjuUSdb0xGdVAoGBAIqpOL5Qp5mZ"
    "grWwUM1Syskjz/227CavW5H4iahlSp55lsAu6YktyAcn/Lr3//mv06gNrHoNZxMJPoakvv9+IeDoXfSOP/xijoeNrMsw"
    "gsLRj+t1cYF40ePg2SsGwR5unpj/nUQMFUOO6Xyt1RqwRSB+jb/238ISn2rjnjWCHBcZAoGAG438HXQEjdy0Vh8r0IOL"
    "B9j7F3vzDBXE1krxTcq2REvGNe1N1PN5f7n/Tvd0sx7EbDe7QFUnhJbxCnbpv14E7Quudp2ctNJMJqBU3CHYjUKfceRr"
    "FcZWY2rOR5muFrTwWA7HsdVc2tsJMvY0PI8KdmqqrJ7x3pCS4XERXGi7lcg=",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC5GZLKG8DwBCBtQMbEBJzwYU3tcsiokTN4aM+Sehuu"
    "1PG6+hGirhqSuaLiSWYTmGvUehiEdmwHoXeh1SIrQBOfRJpGZzUA4DdrF0hi/pMBOygJ4/rEwE3Sye4ECModE+TyfOa3"
    "vlGN+ospfMSCbfciG/4J9EymThOobR9X0Q/zorLVzLmr+f9GzrB/8PhcXHXOF/sK1LeULMYRo1MsaMGPjxsPeGIVFg6F"
    "+jqOviysmNvw3x/558k1ePOeshk3eyDlEjE0rDMxktCp/9Mve4fUUQME2DhnWv59OzOGFoK8q4Q1wQFyxekAVnUx7Ax3"
    "shRXf8kUG35DrfVf18cHb5zPAgMBAAECggEAJHZjMikRcrZ9ZMgz331BJSEl5raLzJj92KRc72/acDBGhhyoyLEfTvP+"
    "oDDxSL7nzu1WUxG46i/mjxybJIX015T+BwxhppCEmjX17npTnxR2KKyeQ4/WRMW+e1D3745xtUrhcCSvkBZgv4VyeHcN"
    "Dc0R2Agl6UTMHouQdw4Z5FY7/bXbfrDLhpzILOwLmLvodqbj3BRusDP9v/xZqjRWFdXYhoZG8qo814cJUcvtQ5CzDVqx"
    "DwjicZdy33t7Zx5uzMNeRmOaPnui4eL4GHydSsq/kQA9gzL3uAyQ4sHRm5sgeHqA/UqinFU8E2kUd7iSDd90T4hOil+H"
    "RgDxniaMUQKBgQD4YebZzMT0b5G2h/EvhbdnnkmIMOi9iODI/QAEm6ZeyZIOEQWqLiKbuLq1pBHs8EdYqpLHAVnDkbDY"
    "GI0SttJxSoKuszKlRWQTpxTYX0kvKlkf8j8mIfl534NWIn/KLP+QBVRuvxUPiDHpKZThmnmC5p+GSSwgDbQeX22RaDkI"
    "uwKBgQC+xtQLKzpkXQCjovcrDwzHs4cDJtrUKDHkz0Wji0lM9RreB7ZjK+UP21Rc9qANdTXRhWasTN8OWvg0c39uR1rM"
    "BALRbq3F4UdW8Cl7oxcQsb2e3SQlW7MUKYLckdFAKtfvMy5RleoKOxxACGWbFW/lqxDW+sBzIy0WJffCtSQ0/QKBgEhW"
    "wxQlxirmn4qItx6/E/ZSrFnE3NPunIEM5kdxSZgLnsUIAh1ZSG0P9RjXyvy10iGptAvPgeQqd1XIeLW9lza1m6/jstld"
    "h1MN8009GyRocgKS2/9wH6d2CFs6uvsX9eptEvUaI7kdUmP0306BXehY4JcMkpRXSWEbK98QeqPnAoGBAKGy7O86iJeg"
    "rHYGHvGEJBTv+bOWL0w7dW62sBPabxqndUpTxydvgQtbn7nb3/UIL8GTDF9mGHmWaWIrswrJuA/MJodVBD0AoPLzRHXi"
    "2h3wSQRp88UmYDbqqFxDy9RTfArmmo/UPTbGuz8a3uP/24QS5ocQqiXs3r4zGDkUR8gRAoGAGiG1jqOKm+rX9dQmPeO0"
    "vW2rqrAJvIKJMFkRqFj/5yyWtAWLF88JYFVbgmGQZGu6it9uTbeDCToyzdZbspduotLq1jaOUS2i6KaE2tZV23+YVv+M"
    "+Rx9/oY08tVfkdhhhxeJvrzyyRmgbgLsBL7i0NhGnftji/Rnax1nqJ4aUOA=",
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDrMNsRerl5YfWeSaHubjpS7F+D/ntrhysHzZKKD7Ga"
    "lr/4BX2xjLDVqPhjLZ3Rpbekf+Gi0yZdZIBEVoU4lM03KvX3rhRvxxYVLRoPDQXtDdG1QduMwxbfB4r0QH52BmJZRxw2"
    "5HedGQ20Is3UDH23LJAVUfUyNNypsHbZcomCt9PRjbo2VFJtJwHJIngDpkNf2H6l8pYC48Lbj0fycb+FXF4P7vdedHVt"
    "aeHyJjTRXvXvk6gUjgKZvdXlK0NuuF46qgJdLmvpGTX2aBJ7yCIYAGzP/g0EnjgtVeENItPrUbMDdi6t1QBOsGkS2icE"
    "4fjr+f+tY8uUnPbbPSqiAjyFAgMBAAECggEABeJ9XaOSDhfuvvTbwGtRlqnalr+Javk2e7lcJsSy7LDgUyrKcyTCTLsv"
    "vr7fiJ4qd2emhBNfnALIVLgS7lPcYBbrEVixsUShuh/ceBX+o6ic/7KD2PLGXHn5XdhafiLK7K3jSew2k9wgwlhZl3hh"
    "GMd5FY/tHLP1Eg1RNGp8Y7nK4xzaTlLeTdIYWqh1BqGnGLgXdSeBvGGxCaEgIE5XnUemlvmtPW1YN+GIK+WR58dYhuvw"
    "VxHhdLmgOguBaezGKuijDRTUiODveXLjwnFfQ92h9OXlkBkljr2pNJKIGC7c2EBzjO8jmluDDqlwBx9w5beCHH4WJkrE"
    "KOvrOQiOcQKBgQD5MiV7wycg1NecD2mF6L9VGpphrs3OGdgaiVbYOKxCCu96wBWbDoC66NM3ZSSUHGnbgYkDqtcXhM0X"
    "RfWV8K/mYJ2J3XqFTqrfGqLc9879eL87ffeke8Q8j4mKRqNk/wROD0qfDQajARUDZs3pft2vRGT9FKDcNoTiLL+bMOks"
    "sQKBgQDxnNDFot+F/VMGmkOgSnADRDPszMW7ZkHzaADn63KCcR3iGYSiT1B8jWVj8OwHJIPjgktWZrj3J9XEB2lHz5d8"
    "hQsuKqEcFo1iznGScHxg0L34Wt04suRdxS7ymn8sTlh3MEEwHs44S6aQaGBrASq190JmR/L+BJ9RyxzLJFcyFQKBgEsQ"
    "BORz02x7UHsM1W9lvYSIH+q+ufWUKVlM92DoKVM3cg2aoKd1ReeHTGBKUitfJ6/cJAZ7xpCqCxEwnJpOxt1xSuMFWOug"
    "162em2JOLwaBAbGM7zSXp3PKlNaXEo7Qll5hEsw4I0CkiczdgbcM5P/vbTAir5XFwl9StWCs6f/xAoGBAJmGBlZ+vr9a"
    "D2aToUL56aD5tnDSURZZzLBItsKnJhTioZVol5G3CjKKehF+JcwIFNH8mbhl/0P1COzNtMUPkHdr5oXISqUZY2+UNDBT"
    "z4SJPxzPR+BeM6Otxr4bE5HommfpvpJAENNOpqD94b48eJI1cfih4TItZ7rGcB5YkhtdAoGBAN3+ZOXhhg4XyBolHNhm"
    "/gJiBuXWuiuJmX5t4/tBWf53J5GCaXtkO1SdtnfWjdzZxa8nXTitteS+BN4TVaWXyXZcjm5h2MYRQV8iJBAOA4DPcQhl"
    "4fLfRJoGY5iy6dsUi6Hxfvyzdo8rKeTWHw2o61qXyBLkmmgLO8GL5D9UDxFY"};

constexpr const char* kEcKeys[] = {
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDC1qi6CfLJLJqpt6b57SAYg7VfSYW1c3aTRwPIJFxLVF//i"
    "EzhQ+oYSmaXlh/+PG3uhZANiAAQ+EpeMGxAO/kGC/bYAbXtAO0qWvS8qHkVgESaoF3xtK42y40y/qDMGUj8UteIdUkVZ"
    "nzkorWKz39uOcaa5xnrRmwQ69DZrNmRolJFpB4+l+3tPjUNc56DZ0RT+0/hCRn0=",
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDB7k+ToOI3bYWi6O9tl0SmuE+7wL45Y0vYVqIZ6MFSYR8DD"
    "3BteI7VQ53KfadGqD3qhZANiAATF1yzUv6UqrAV+Yw9nrHnvCRRsdvRFJhCAN6fJM3OZv3AQHUk1dky3ibEl77H/wjHE"
    "j+rMP0HP+4FldHvErKVyWs+bKjx+Pz4s3037XkVdMYdq/KldoPriTyTSMx0nb6k=",
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDC1Vu6BAb+BseCBPjamHw1fdO8Gvb4KGPKrYcqNE+ZfCtrW"
    "ui41SLcmsBrpvAzRgCyhZANiAARcjzY/WBEoaoNWvbBRbY8MPLQHdax5NUza+lvlrHguPTRbn1MpcaH0EsFtFi0+6DJR"
    "ALy019Jf15s0Mv4MuQrY3T1WeV/sh7+Jp/u6ZOwCQs3W35/9jqTwfzDIfencpT0="};

}  // namespace

PrivateKey TestKey(KeyAlgorithm algorithm, std::size_t number) {
  const char* const text = algorithm == RSA_2048 ? kRsaKeys[number % std::size(kRsaKeys)]
                                                 : kEcKeys[number % std::size(kEcKeys)];
  std::string der;
  absl::Base64Unescape(text, &der);
  return PrivateKey::FromDer(AsBytes(der)).value();
}

absl::StatusOr<PrivateKey> TestKeySource::NewKey(KeyAlgorithm algorithm) {
  return TestKey(algorithm, taken_++);
}

}  // namespace jpkid::hal::sim
