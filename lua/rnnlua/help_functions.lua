--- How tensor functions are called: name -> {arguments, one line}. A tensor method takes the tensor first:
--- t:sum(1) is rl.sum(t, 1).
return {}
