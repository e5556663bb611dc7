// What the core says where something is wrong, in Chinese. It says it in English: each sentence stands here under the one
// that it is made from in `crate/src`, with the same places for what goes in. A test holds that none is missing. What may
// go into places of some names is narrowed in `said.js`.

/** @type {Record<string, string>} */
export const core = {
  // Settings and configurations
  '{field} is {value}, but must be {expected}': '“{field}”是 {value}，但必须是 {expected}',
  'from {min} to {max}': '{min} 到 {max} 之间的数',
  'between {min} and {max}': '{min} 和 {max} 之间的数',
  'above {min}': '大于 {min} 的数',
  'a number above {min}': '大于 {min} 的数',
  'below {max}': '小于 {max} 的数',
  'above {min}, below {max}': '大于 {min}、小于 {max} 的数',
  'above {min}, at most {max}': '大于 {min}、不超过 {max} 的数',
  'at least {min}': '不小于 {min} 的数',
  'at least {min}, or none': '不小于 {min} 的数，或者不设',
  'at least beta_start ({start}) and below {max}': '不小于 beta_start（{start}）、小于 {max} 的数',
  'at least {lowest}, the least timestep visited': '不小于 {lowest} 的数（{lowest} 是经过的最小时间步）',
  'a number': '一个数',
  'a number other than 0': '0 以外的数',
  'a positive number': '正数',
  'a whole number': '整数',
  'a whole number or null': '整数或 null',
  'a whole number, or a list of one a level': '一个整数，或每层级一个整数的列表',
  'true or false': 'true 或 false',
  '{a} or {b}': '{a} 或 {b}',
  '{a}, {b} or {c}': '{a}、{b} 或 {c}',
  'a list': '一个列表',
  'a list of {count}': '{count} 项的列表',
  'a list of {min} to {max}': '{min} 到 {max} 项的列表',
  'a list of whole numbers': '整数的列表',
  'a list of whole numbers, one a level': '整数的列表，每层级一个',
  'a list of whole numbers from {min} to {max}, one a level': '{min} 到 {max} 之间整数的列表，每层级一个',
  'a list of {a}, {b} and {c}, one a level': '由 {a}、{b} 和 {c} 组成的列表，每层级一个',
  '{count} long': '{count} 项',
  '{min} to {max} long': '{min} 到 {max} 项',
  'from {min} to {max} long': '{min} 到 {max} 项',
  '{levels} long, as block_out_channels is': '{levels} 项，和 block_out_channels 一样多',
  'one of {names}': '以下之一：{names}',
  'a JSON object': '一个 JSON 对象',
  'unreadable ({error})': '读不懂的东西（{error}）',
  'of another type: {error}': '另一种类型的值：{error}',
  'an object with the key "{key}"': '含有键“{key}”的对象',
  'a file with the unknown key "{key}"': '含有未知键“{key}”的文件',
  'made of {fields}': '由这些键组成的：{fields}',
  'one with the keys {keys}': '由这些键组成的对象：{keys}',
  'one with the keys of a UNet2DModel or UNet2DConditionModel':
    '由 UNet2DModel 或 UNet2DConditionModel 的键组成的对象',

  // Noise schedules, samplers, objectives
  'from {min} to {max}, the number of training timesteps':
    '{min} 到 {max} 之间的数（{max} 是训练时间步的个数）',
  'from {min} to {max} with this sampler and spacing': '{min} 到 {max} 之间的数（对这种采样器和间隔）',
  'from {min} to {max} with this many steps': '{min} 到 {max} 之间的数（对这么多步）',
  'one configuration or more': '一个或更多配置',
  '{count}, as in the shape': '{count}，和形状里的一样',
  '{value} as at the start': '{value}，和开始时一样',
  '{count} of them for this many images': '{count} 个，和图片一样多',
  'none with a network without classes': '空的，因为网络不认识类别',
  'kept as it began, with its steps': '开始时的那个，步数也不变',
  'sample or v where sampling begins without any signal (zero terminal SNR)':
    'sample 或 v，因为采样从完全没有信号的地方开始（末端信噪比为零）',
  'epsilon or v where sampling begins at the clean image (inversion)':
    'epsilon 或 v，因为采样从清晰的图像开始（反演）',
  'one that goes from noise to image': '从噪声走到图像的那种',
  'given after the known pixels': '在已知像素之后给出的',
  'given before them': '在它们之前给出的',
  'given after step {step}': '在第 {step} 步之后给出的',
  'given before the first step': '在第一步之前给出的',
  'simple or minSnr where eps is predicted': 'simple 或 minSnr，因为预测的是 eps',

  // Networks
  'a multiple of {factor}: it is halved {times} times': '{factor} 的倍数：它要减半 {times} 次',
  'multiples of norm_num_groups, {groups}': 'norm_num_groups（{groups}）的倍数',
  'a multiple of patch_size, {size}': 'patch_size（{size}）的倍数',
  'a multiple of num_heads, {heads}': 'num_heads（{heads}）的倍数',
  'a multiple of 4: sines and cosines of two coordinates': '4 的倍数：它分给两个坐标的正弦和余弦',
  'a multiple of the {groups} groups': '组数 {groups} 的倍数',
  'large enough for one hidden unit, at most {most}': '够一个隐藏单元用的数，最大 {most}',
  '{type} on every level': '每个层级都是 {type}',
  'null: latents are scaled, and not shifted': 'null：这里潜变量只缩放，不平移',
  '0: no network here drops activations': '0：这里没有网络会随机丢弃激活值',
  'silu, the only activation here': 'silu，这里只有这一种激活函数',
  'null, as diffusers demands': 'null，这是 diffusers 的要求',
  'the height and width of square images, in pixels': '正方形图像的高和宽，以像素计',
  'the width of a context token': '上下文 token 的宽度',
  'the width of a context token, because there is a block with cross-attention':
    '上下文 token 的宽度，因为有带交叉注意力的模块',
  'the width of a token': 'token 的宽度',
  'null in a UNet2DModel': 'null，因为这是 UNet2DModel',
  'from {min} to {max}, the same everywhere or one for each of {levels} levels':
    '{min} 到 {max} 之间的数，处处相同，或 {levels} 个层级各有一个',
  'from {min} to below {half}, half the channels of the first level':
    '从 {min} 起、小于 {half} 的数（{half} 是第一层级通道数的一半）',
  'the number of heads of cross-attention': '交叉注意力的头数',
  'one number: only with cross_attention_dim can there be one a level':
    '一个数：只有设了 cross_attention_dim，才能每层级一个',
  'a divisor of the {channels} channels of a level that attends': '带注意力的层级的通道数 {channels} 的因数',
  "a divisor of the middle block's {channels} channels": '中间模块的通道数 {channels} 的因数',
  "a number of heads that divides the level's {channels} channels": '能整除该层级通道数 {channels} 的头数',
  '{channels}, the channels of the images': '{channels}，也就是图像的通道数',
  '{classes}, the classes of the images': '{classes}，也就是图像的类别数',
  'that of the images, {size}': '图像的尺寸 {size}',
  'in_channels, {channels}, or twice as many': 'in_channels（{channels}）或它的两倍',
  '{value}, the only one that diffusers has': '{value}，diffusers 只有这一种',
  'a network over images or latents: only their layers are listed':
    '作用在图像或潜变量上的网络：只有它们的各层能列出来',
  'a network that predicts noise: an autoencoder draws no samples by itself':
    '预测噪声的网络：自编码器自己画不出样本',
  'a network that predicts noise': '预测噪声的网络',
  'an autoencoder': '自编码器',
  'entry {index} of "pos_embed" is {found}, but the fixed position there is {expected}':
    '“pos_embed”的第 {index} 项是 {found}，但那里固定的位置编码是 {expected}',
  'the published layout has one embedder, but this network has one in each block: export for diffusers':
    '已发表的格式只有一个嵌入层，而这个网络每个模块都有一个：请导出为 diffusers 的格式',
  'the file lacks the tensor "{name}" of shape {expected}': '文件里缺少形状为 {expected} 的张量“{name}”',
  'tensor "{name}" has shape {found}, the network needs {expected}':
    '张量“{name}”的形状是 {found}，网络需要的是 {expected}',
  'tensor "{name}" holds a value that is not a finite number': '张量“{name}”里有一个值不是有限的数',
  'the file has a tensor "{0}" that the network does not know': '文件里有一个网络不认识的张量“{0}”',

  // Training and its checkpoints
  'more than the {steps} steps of warm-up, or 0 for no decay':
    '大于预热步数 {steps} 的数，或者 0，表示不衰减',
  "epsilon, sample or v for a network that learns the variance of its steps: a flow's have none":
    'epsilon、sample 或 v，因为网络要学习每一步的方差，而流的步没有方差',
  'the data are {found}, the network needs {expected} and at most {classes} classes':
    '数据是 {found}，而网络需要 {expected}，最多 {classes} 个类别',
  '{count} of {shape} in {classes} classes': '{classes} 个类别的 {count} 个 {shape}',
  'examples of {shape}': '形状为 {shape} 的样例',
  "examples of {shape}, an autoencoder's latents,": '形状为 {shape} 的样例（自编码器的潜变量）',
  'the loss is no longer a number at step {0}: restart with a lower learning rate':
    '在第 {0} 步，损失已经不是数了：请用更小的学习率重新开始',
  'the file has no "{header}" header: it was not written by this program':
    '文件没有“{header}”文件头：它不是这个程序写的',
  'the file has no "{header}" header: it is none that `diffusion train-classifier` wrote':
    '文件没有“{header}”文件头：它不是 `diffusion train-classifier` 写的',
  "the file's header cannot be read: {0}": '文件头读不懂：{0}',
  'the file lacks the autoencoder whose latents its network was trained on':
    '文件里缺少自编码器：网络是在它的潜变量上训练的',
  'one with latents of {shape}': '潜变量形状为 {shape} 的那种',
  'one with latents of {shape}, which the network takes': '潜变量形状为 {shape} 的那种，网络要的是它',

  // Data
  'the {what} file is cut short or damaged: its header promises {expected} bytes, it holds {found}':
    '{what}文件被截断或损坏了：文件头说有 {expected} 个字节，实际有 {found} 个',
  'the {what} file is not an idx file of {dimensions} dimensions: it begins with {found} instead of {expected}':
    '{what}文件不是 {dimensions} 维的 idx 文件：它以 {found} 开头，而不是 {expected}',
  'the files do not belong together: {images} images but {labels} labels':
    '这两个文件不是一对：有 {images} 张图像，却有 {labels} 个标签',
  'this is not a packed data set: it does not begin with "{0}"': '这不是打包的数据集：它不是以“{0}”开头',
  'the data set is damaged: {0}; download it again': '数据集损坏了：{0}；请重新下载',
  'label {label} of image {index} is out of range: the data set has {classes} classes':
    '第 {index} 张图像的标签 {label} 超出范围：数据集有 {classes} 个类别',
  'a data set needs at least one image of at least one pixel, and at most 1 GiB; this one has {0}':
    '数据集至少要有一张图像，图像至少有一个像素，总共最多 1 GiB；这一个有 {0}',
  '{count} images of {size}': '{count} 张 {size} 的图像',
  'every class has one image only: at least two of a class are needed, one to learn from and one to test with':
    '每个类别都只有一张图片：一个类别至少要两张，一张用来学，一张用来测试',
  '{point} at index {index}': '{point}（第 {index} 项）',
  'two finite numbers each': '每项两个有限的数',

  // Files of others
  'there is no config.json, neither here nor in a folder unet or transformer: it says what network there is':
    '没有 config.json，这里没有，文件夹 unet 或 transformer 里也没有：由它才知道是什么网络',
  'there is no config.json, and the weights alone do not say what network they are of':
    '没有 config.json，而单凭权重看不出它们属于什么网络',
  '{folder} holds no .safetensors file, but must hold {weights}':
    '{folder} 里没有 .safetensors 文件，但必须有 {weights}',
  'the folder': '文件夹',
  '{found} is a Python pickle, which can run programs when it is read: save the model again with save_pretrained, which writes {weights}':
    '{found} 是 Python 的 pickle，读取它可能会运行程序：请用 save_pretrained 重新保存模型，它会写出 {weights}',
  'the weights are split over several files, which {list} lists: save the model again with save_pretrained(..., max_shard_size="{size}"), which writes one':
    '权重分在几个文件里，由 {list} 列出：请用 save_pretrained(..., max_shard_size="{size}") 重新保存模型，它只写一个文件',
  '{folder} holds several .safetensors files, {found}: keep the one that is wanted, as {weights}':
    '{folder} 里有好几个 .safetensors 文件：{found}。请只留下要用的那个，命名为 {weights}',
  'the configuration is not JSON: {0}': '配置不是 JSON：{0}',
  'the configuration is not a JSON object': '配置不是 JSON 对象',
  'the configuration has no "_class_name", but must name one of {known}':
    '配置里没有“_class_name”，但必须写明以下之一：{known}',
  '_class_name is "{found}", but must be one of {known}':
    '_class_name 是“{found}”，但必须是以下之一：{known}',
  '{key} is {json}: {reason}': '{key} 是 {json}：{reason}',
  'it must be one of {known}': '它必须是以下之一：{known}',
  'only {value} is supported': '这里只支持 {value}',
  '{key} is {json}, which is not supported: sampling goes on with {used}':
    '{key} 是 {json}，这里不支持：采样改用 {used}',
  '{key} is {json}: this field is not known and was left out': '{key} 是 {json}：不认识这个字段，已略去',
  'the configuration describes a network of {least} parameters or more, but the file holds {found}: they do not belong together':
    '配置描述的网络至少有 {least} 个参数，文件里却有 {found} 个：它们不是一套',
  'the tensors "{first}" and "{second}" stand for the same weights': '张量“{first}”和“{second}”是同一组权重',
  'diffusers has no pipeline for this network: open it with {class}.from_pretrained(folder, subfolder="{component}"), and its scheduler with subfolder="scheduler"':
    'diffusers 没有适合这个网络的 pipeline：请用 {class}.from_pretrained(folder, subfolder="{component}") 打开它，它的调度器则用 subfolder="scheduler"',

  // Schedulers of others
  'timestep_spacing: where T is no multiple of the steps, and with linspace, {name} steps down by T / steps rounded down whatever timestep comes next; here a step goes to the timestep that is visited next':
    'timestep_spacing：当 T 不是步数的倍数时，以及用 linspace 时，{name} 每步都走 T / 步数（取整）那么远，不管下一个时间步在哪里；这里的每一步都走到下一个经过的时间步',
  'clip_sample_range is {range}: the estimated image is kept within -1 and 1 all the same':
    'clip_sample_range 是 {range}：估计的图像照样限制在 -1 和 1 之间',
  'sample_max_value is {most}: the dynamic threshold has no upper limit here':
    'sample_max_value 是 {most}：这里的动态阈值没有上限',
  'variance_type is "learned", which is not supported: the network\'s variance is left out, and the posterior\'s taken':
    'variance_type 是“learned”，这里不支持：不用网络的方差，改用后验的方差',
  'use_flow_sigmas: the times of the steps are those of FlowMatchEulerDiscreteScheduler':
    'use_flow_sigmas：各步的时刻取 FlowMatchEulerDiscreteScheduler 的',
  'diffusers has no {sampler} for rectified flow: {name} is written':
    'diffusers 没有用于整流流的 {sampler}：写成了 {name}',
  'FlowMatchHeunDiscreteScheduler shifts its times in another way':
    'FlowMatchHeunDiscreteScheduler 用另一种方式平移时刻',
  '{name} has no name for this schedule: its betas are written one by one':
    '{name} 没有这种噪声调度的名字：它的 beta 逐个写了出来',
  '{name} has no use_karras_sigmas: it takes its evenly spaced timesteps':
    '{name} 没有 use_karras_sigmas：它用均匀分布的时间步',
  '{name} has no dynamic thresholding': '{name} 没有动态阈值',
  '{name} has no clip_sample: it does not keep the estimated image within -1 and 1':
    '{name} 没有 clip_sample：它不会把估计的图像限制在 -1 和 1 之间',
  'use_clipped_model_output is no part of the configuration: pass it to DDIMScheduler.step':
    'use_clipped_model_output 不属于配置：请把它传给 DDIMScheduler.step',
  'use_clipped_model_output is unknown to {name}': '{name} 不认识 use_clipped_model_output',

  // safetensors
  'this is not a safetensors file: it is {0}': '这不是 safetensors 文件，而是 {0}',
  "a zip archive, as PyTorch's .pt and .bin files are; save its tensors with safetensors.torch.save_file":
    'zip 压缩包，PyTorch 的 .pt 和 .bin 文件就是这样；请用 safetensors.torch.save_file 保存它的张量',
  'a Python pickle; load it in PyTorch and save its tensors with safetensors.torch.save_file':
    'Python 的 pickle；请在 PyTorch 里读取它，再用 safetensors.torch.save_file 保存它的张量',
  'a Git LFS pointer, which stands for the weights; fetch them with git lfs pull':
    'Git LFS 的指针，它只是代表权重；请用 git lfs pull 取得权重本身',
  'a GGUF file': 'GGUF 文件',
  'a web page; the address may not lead to the file itself': '网页；这个网址也许不是直接指向文件的',
  'JSON without the length that must precede it': 'JSON，前面缺少必须有的长度',
  'the file ends after {found} bytes, but its first 8 must hold the length of its header':
    '文件只有 {found} 个字节，但开头的 8 个字节必须是文件头的长度',
  'the header claims to be {length} bytes long, but must be at most {most}: this is not a safetensors file':
    '文件头自称有 {length} 个字节，但最多只能有 {most} 个：这不是 safetensors 文件',
  'the header claims to be {length} bytes long, but only {found} bytes follow':
    '文件头自称有 {length} 个字节，但后面只有 {found} 个',
  'the header cannot be read: {0}': '文件头读不懂：{0}',
  'the header names the tensor "{0}" twice': '文件头里张量“{0}”出现了两次',
  'tensor "{name}" has type {found}, but must have F32, F16 or BF16':
    '张量“{name}”的类型是 {found}，但必须是 F32、F16 或 BF16',
  'tensor "{name}" has shape {shape}, more elements than can be counted':
    '张量“{name}”的形状是 {shape}，元素多得数不过来',
  'tensor "{name}" needs {expected} bytes for its type and shape, but its offsets {begin}..{end} span {bytes}':
    '按类型和形状，张量“{name}”需要 {expected} 个字节，但它的偏移量 {begin}..{end} 之间有 {bytes} 个',
  'less than none': '不到零',
  'tensor "{name}" begins at offset {found}, before the end of "{before}" at {expected}: they overlap':
    '张量“{name}”从偏移量 {found} 开始，而“{before}”到 {expected} 才结束：两者重叠了',
  'tensor "{name}" begins at offset {found}, but must begin at {expected}: the bytes between are no tensor\'s':
    '张量“{name}”从偏移量 {found} 开始，但必须从 {expected} 开始：中间的字节不属于任何张量',
  'the file is truncated in tensor "{name}": {found} of its {expected} bytes are there':
    '文件在张量“{name}”处被截断了：它的 {expected} 个字节里只有 {found} 个',
  'the file goes on after its last tensor: its header describes {expected} bytes, there are {found}':
    '最后一个张量之后文件还没结束：文件头描述了 {expected} 个字节，实际有 {found} 个',
  'the file has been refused already': '这个文件已经被拒绝了',
  'an object of tensors': '由张量组成的对象',

  // The device
  'no usable GPU: {0}': '没有可用的 GPU：{0}',
  'the CPU was asked for': '指定了使用 CPU',
  'the graphics adapter, {0}, is a program on the CPU': '显卡 {0} 其实是 CPU 上的程序',
  'the graphics adapter is a program on the CPU': '显卡其实是 CPU 上的程序',
  'no graphics adapter was offered': '没有可用的显卡',
  'the graphics adapter lacks timestamp queries': '显卡不支持时间戳查询',
  'the page was not opened over https or from this machine, so the browser hides the GPU':
    '页面不是通过 https 或从本机打开的，浏览器因此隐藏了 GPU',
  'this browser does not offer WebGPU': '这个浏览器不提供 WebGPU',
  'the device did not give its result back: {0}': '设备没有交回结果：{0}',
  'the computation broke off: {info}': '计算中断了：{info}',

  // The page's session
  'the test images are not loaded yet': '测试图像还没有加载',
  'the training images are not loaded yet': '训练图像还没有加载',
  'the second network is not there: switch it off and on again': '第二个网络不在：请关掉再打开',
  'the classifier is not loaded yet': '分类器还没有加载',
  'there is no network yet: train one first, a few hundred steps will do':
    '还没有网络：先训练一个，几百步就够了',
  'there is no network yet: train one first, or open one': '还没有网络：先训练一个，或者打开一个',
  'there is no run yet: start one first': '还没有训练：先开始一次',
  'there are no points yet: start anew': '还没有点：请从头开始',
  'there is no race yet: start anew': '还没有比赛：请从头开始',
  'there is no autoencoder yet: train one first': '还没有自编码器：先训练一个',
  'there is nothing to go on with: draw something first': '没有什么可以接着走的：先画点什么',
  'from {oldest} to {newest}: only the last steps are kept':
    '{oldest} 到 {newest} 之间的数：只保留最后的若干步',
  'there is no network over latents yet: encode the data first': '潜变量上还没有网络：先把数据编码',
  'there is no network over latents yet': '潜变量上还没有网络',
  'nothing is encoded yet': '还什么都没有编码',
  'no model is opened: open one at the end of section two, or choose another network':
    '没有打开的模型：请在第二节末尾打开一个，或者选别的网络',
  'no model is being opened': '没有正在打开的模型',
  'this network is too large to be built in a tab, so nothing of it can be timed':
    '这个网络太大，标签页里建不起来，所以没法计时',
  'the step could not be taken': '这一步没能走成',
  't must be from 0 to {most}, not {t}': '时间步 t 必须是 0 到 {most} 之间的整数，不能是 {t}',
  'own must be {expected} bytes, not {found}': '自己的图片必须是 {expected} 个字节，不能是 {found} 个',
  'image must be from 0 to {last}, not {image}':
    '测试图像的编号必须是 0 到 {last} 之间的整数，不能是 {image}',
  'the pictures are no {shape}, which this network takes': '图像的形状不是 {shape}，而这个网络要的是它',
  'one for images of {shape}': '用于形状为 {shape} 的图像的网络',
  'one for the test images, {shape}': '用于测试图像的网络，形状为 {shape}',
  'one for {classes} classes': '用于 {classes} 个类别的网络',
  'one for {classes} or more, or for none': '用于至少 {classes} 个类别的网络，或不认识类别的网络',
  'one for rectified flow': '用于整流流的网络',
  'one that learned with a noise schedule: the bound is a sum over its steps, and a flow has none':
    '用噪声调度学出来的网络：这个界是对各步求和，而流没有这样的步',
  'one of {count} values': '{count} 个值的图像',
  'one of {size}, which is what this network draws': '{size} 的图像，这个网络画的就是这样的',
  '{count} in {what}': '{what}的 {count} 个',
  'a picture': '图片',
  'a test image': '测试图像',
  '{size}, as a training image has': '{size} 个，和训练图像一样多',
  'an autoencoder adds no noise: there is no step of this kind to show':
    '自编码器不加噪声：没有这样的步可以展示',
  'only grey images can be shown, and this network learns from something else':
    '这里只能展示灰度图像，而这个网络学的是别的东西',
  'only a network that was trained here has a checkpoint: save the opened one as a folder for diffusers':
    '只有在这里训练的网络才有检查点：打开的网络请存成 diffusers 用的文件夹',
  'diffusers has no network like this one: save it as a checkpoint':
    'diffusers 没有这样的网络：请把它存为检查点',
  'the file is empty': '文件是空的',
  'left out: {parts}': '没有用到：{parts}',
  "there is no scheduler_config.json: the network is taken to predict the noise of DDPM's linear schedule":
    '没有 scheduler_config.json：就当网络预测的是 DDPM 线性调度的噪声',
  "it needs a context, a text's perhaps, which nothing here gives it":
    '它需要上下文，也许是文字的，而这里没有什么能给它',
  'it takes no noise away: by itself it draws nothing': '它不去除噪声：单靠它自己什么也画不出来',
  'it knows more than 255 classes, and labels here are single bytes':
    '它认识的类别超过 255 个，而这里的标签只有一个字节',
  'it draws {channels} channels of {size}, latents perhaps, without the autoencoder that decodes them: shown are pictures of 1 channel, grey, or 3, coloured':
    '它画出 {size} 的 {channels} 个通道，也许是潜变量，却没有解码它们的自编码器：这里能显示 1 个通道的灰度图，或 3 个通道的彩色图',
};

/**
 * What is said around these: words that go into them, and what libraries, browsers and the page's own worker say.
 * @type {Record<string, string>}
 */
export const others = {
  none: '空的',
  empty: '空的',
  given: '给出的',
  set: '设了值的',
  image: '图像',
  label: '标签',
  packed: '打包',
  'A: {problem}': 'A：{problem}',
  'B: {problem}': 'B：{problem}',
  '"{name}": {problem}': '“{name}”：{problem}',

  // serde_json
  '{0} at line {line} column {column}': '{0}（第 {line} 行第 {column} 列）',
  'EOF while parsing a value': '还没读到值就结束了',
  'EOF while parsing a string': '字符串没有结束',
  'EOF while parsing a list': '列表没有结束',
  'EOF while parsing an object': '对象没有结束',
  'expected value': '这里应该有一个值',
  'expected ident': '这里应该是 true、false 或 null',
  'expected `:`': '这里应该有 `:`',
  'expected `,` or `}`': '这里应该有 `,` 或 `}`',
  'expected `,` or `]`': '这里应该有 `,` 或 `]`',
  'key must be a string': '键必须是字符串',
  'trailing comma': '末尾多了一个逗号',
  'trailing characters': '后面还有多余的字符',
  'missing field `{0}`': '缺少字段 `{0}`',
  'duplicate field `{0}`': '字段 `{0}` 出现了两次',
  'unknown field `{0}`, expected one of {known}': '不认识的字段 `{0}`，应该是以下之一：{known}',
  'unknown variant `{0}`, expected one of {known}': '不认识的取值 `{0}`，应该是以下之一：{known}',
  'invalid type: {found}, expected {expected}': '类型不对：这里是 {found}，应该是 {expected}',
  'invalid value: {found}, expected {expected}': '值不对：这里是 {found}，应该是 {expected}',
  'invalid length {found}, expected {expected}': '长度不对：这里是 {found}，应该是 {expected}',
  'string "{0}"': '字符串“{0}”',
  'a string': '字符串',
  'a boolean': '真假值',
  'a sequence': '列表',
  'a map': '对象',

  // flate2
  'corrupt deflate stream': '压缩的数据已损坏',

  // WebGPU, when the device goes
  'Destroyed: {0}': '{0}',
  'Unknown: {0}': '原因不明：{0}',
  'Device was destroyed.': '设备已被销毁。',

  // Browsers, and the worker that fetches
  'Failed to fetch': '请求失败',
  'Load failed': '请求失败',
  'NetworkError when attempting to fetch resource.': '请求失败。',
  'the server answered {status} for {address}': '服务器对 {address} 的回答是 {status}',
  'the program could not be loaded': '程序没能加载',
};
